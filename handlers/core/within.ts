import type { Clock } from "../ports";

/** `work`'s result, or a rejection after `ms`. The work itself goes on: its effect stays unknown. */
export async function within<T>(clock: Pick<Clock, "sleep">, ms: number, work: Promise<T>): Promise<T> {
  const late = clock.sleep(ms).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  // Whichever loses the race must not become an unhandled rejection.
  late.catch(() => undefined);
  return Promise.race([work, late]);
}
