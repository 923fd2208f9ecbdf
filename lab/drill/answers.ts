const PATIENCE_MS = 1_500;

/** HTTP status of an address; undefined: nothing answers there. */
export async function statusOf(url: string): Promise<number | undefined> {
  const giveUp = new AbortController();
  // A timer of its own: one that only the request refers to may be collected before it fires.
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
