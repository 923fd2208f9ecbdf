/** Runs `work` over all items, at most `width` at once. Rejects with the first rejection, after the running ones have ended. */
export async function inParallel<T>(width: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  const failed = ended.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
