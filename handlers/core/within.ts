import type { Clock } from "../ports";

/**
 * `work`'s result, or a rejection after `ms`, told to the work by `signal`: what it has not begun by then, it leaves. What is under way goes on, and its effect stays
 * unknown.
 */
export async function within<T>(clock: Pick<Clock, "sleep">, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const over = clock.sleep(ms).then(() => {
    const error = new Error(`no answer within ${ms} ms`);
    late.abort(error);
    throw error;
  });
  // Whichever loses the race must not become an unhandled rejection.
  over.catch(() => undefined);
  return Promise.race([work(late.signal), over]);
}
