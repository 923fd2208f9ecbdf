import type { ClientOptions, OutgoingRequest, Runtime } from "./types";

/** What a request came to: an answer, or why there is none. */
export type Answer =
  { readonly status: number; readonly type: string; readonly body: string; readonly retryAfter: string } | { readonly error: string };

/** Sends requests, each with the caller's key and signature, and never rejects. */
export class Exchange {
  constructor(
    private readonly options: Pick<ClientOptions, "apiKey" | "sign">,
    private readonly runtime: Runtime,
  ) {}

  /** `timeoutMs`: how long the answer may take; `stop`: nobody needs it any more, for the reason that it gives. */
  async send(request: OutgoingRequest, timeoutMs: number, stop?: AbortSignal): Promise<Answer> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(stop?.reason);
    if (stop?.aborted === true) giveUp();
    stop?.addEventListener("abort", giveUp, { once: true });
    const cancelTimer = this.runtime.after(timeoutMs, () => controller.abort(new Error(`no answer in ${Math.round(timeoutMs)} ms`)));
    // The race is with our own signal as well: a fetch or a signer that ignores it must not hold the trade up.
    const aborted = new Promise<never>((_, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error), { once: true });
    });
    try {
      return await Promise.race([this.exchange(request, controller.signal), aborted]);
    } catch (error) {
      return { error: describe(controller.signal.aborted ? controller.signal.reason : error) };
    } finally {
      cancelTimer();
      stop?.removeEventListener("abort", giveUp);
      aborted.catch(() => undefined);
    }
  }

  private async exchange(request: OutgoingRequest, signal: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = { ...request.headers };
    if (this.options.apiKey !== undefined) headers["x-api-key"] = this.options.apiKey;
    if (this.options.sign !== undefined) Object.assign(headers, await this.options.sign({ ...request, headers }));
    const response = await this.runtime.fetch(request.url, {
      method: request.method,
      headers,
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      retryAfter: response.headers.get("retry-after") ?? "",
      body: await response.text(),
    };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch hides what happened ("fetch failed") in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
