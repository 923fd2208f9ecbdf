/**
 * Runs `work` for `ms` at most, or until `stop`. The timer is this call's own, held by the event loop and cleared at the end: a timeout signal that
 * hangs on a composed one may be collected before it fires. `work` that ignores its signal is not waited for either.
 */
export async function limited<T>(ms: number, stop: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no answer in ${Math.round(ms)} ms`)), ms);
  const giveUp = (): void => controller.abort(stop.reason);
  if (stop.aborted) giveUp();
  stop.addEventListener("abort", giveUp, { once: true });
  const over = new Promise<never>((_, reject) => {
    const end = (): void => reject(controller.signal.reason as Error);
    if (controller.signal.aborted) end();
    controller.signal.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", giveUp);
    over.catch(() => undefined);
  }
}
