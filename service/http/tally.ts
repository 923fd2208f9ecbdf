/** How often what is counted is told: a server that turns away thousands a second must not write as many lines. */
const EVERY_MS = 1_000;

/** Counts by name, and tells the sums once a second while there are any. */
export function tally<Name extends string>(tell: (counts: Readonly<Partial<Record<Name, number>>>) => void): (name: Name) => void {
  let counts: Partial<Record<Name, number>> = {};
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    tell(counts);
    counts = {};
  };
  return (name) => {
    counts[name] = (counts[name] ?? 0) + 1;
    timer ??= setTimeout(flush, EVERY_MS);
  };
}
