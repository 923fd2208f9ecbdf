interface Waiting<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Many requests, few calls: what comes while a call is under way goes together into the next one, which begins when that ends or when `most` wait. A call is most of
 * what a trade costs a server. All that share a call share its end.
 */
export function gathered<T>(most: number, act: (items: readonly T[]) => Promise<void>): (items: readonly T[]) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let underWay = 0;
  const begin = (): void => {
    const sharing = waiting;
    waiting = [];
    underWay += 1;
    void act(sharing.flatMap(({ items }) => items))
      .then(
        () => sharing.forEach(({ resolve }) => resolve()),
        (error: unknown) => sharing.forEach(({ reject }) => reject(error)),
      )
      .then(() => {
        underWay -= 1;
        if (underWay === 0 && waiting.length > 0) begin();
      });
  };
  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      if (underWay === 0 || waiting.length >= most) begin();
    });
}
