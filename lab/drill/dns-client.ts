import type { NameResolver, PublicFace } from "./face";
import { limited } from "./limited";
import type { RecordBook, TradeRecord } from "./record";

/** Time to wait for an answer before the same key is repeated; twice as long from the second try on. */
const TRY_TIMEOUT_MS = 3000;
/** Pause before a repetition, at random up to a limit that doubles from the first to the second figure. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;
/** Longest `Retry-After` that it heeds. */
const LONGEST_ORDER_MS = 10_000;

interface Around {
  readonly face: PublicFace;
  /** By which it finds the public name. */
  readonly resolver: NameResolver;
  readonly book: RecordBook;
  readonly stop: AbortSignal;
  /** Milliseconds since the stream began. */
  readonly elapsed: () => number;
}

/** A client that asks DNS, keeps the answer for its TTL, knows one endpoint at a time, and repeats the same key until it is answered. */
export function dnsClient({ face, resolver, book, stop, elapsed }: Around): (record: TradeRecord) => Promise<void> {
  const tryOnce = async (record: TradeRecord, timeoutMs: number): Promise<{ readonly isOver: boolean; readonly retryAfterMs: number }> => {
    const startedMs = elapsed();
    let region = "";
    try {
      const { status, type, retryAfter, body } = await limited(timeoutMs, stop, async (signal) => {
        const route = await resolver.resolve(face.name);
        region = route.region;
        const url = `${route.endpoint}${route.path("/trades")}`;
        const headers = {
          "content-type": "application/json",
          "idempotency-key": record.key,
          ...(face.apiKey === undefined ? {} : { "x-api-key": face.apiKey }),
        };
        const request = { method: "POST", url, region, headers, body: JSON.stringify(record.order) } as const;
        const signature = await face.sign?.(request);
        const response = await fetch(url, { ...request, headers: { ...headers, ...signature }, signal });
        const [type, retryAfter] = ["content-type", "retry-after"].map((name) => response.headers.get(name) ?? "");
        return { status: response.status, type, retryAfter, body: await response.text() };
      });
      const endedMs = elapsed();
      book.tried(record, { startedMs, endedMs, region, status, error: "" });
      if (status === 202) book.accepted(record, { atMs: endedMs, ...answerOf(body) });
      const isLastWord = status >= 400 && status < 500 && status !== 429 && type?.startsWith("application/problem+json") === true;
      if (isLastWord) book.rejected(record, { atMs: endedMs, status, title: body.slice(0, 500) });
      return { isOver: status === 202 || isLastWord, retryAfterMs: Math.min((Number(retryAfter) || 0) * 1000, LONGEST_ORDER_MS) };
    } catch (error) {
      book.tried(record, { startedMs, endedMs: elapsed(), region, status: 0, error: reason(error) });
      return { isOver: false, retryAfterMs: 0 };
    }
  };

  return async (record) => {
    let patienceMs = TRY_TIMEOUT_MS;
    for (let limitMs = FIRST_PAUSE_MS; !stop.aborted; limitMs = Math.min(2 * limitMs, LONGEST_PAUSE_MS)) {
      const { isOver, retryAfterMs } = await tryOnce(record, patienceMs);
      if (isOver) return;
      patienceMs = 2 * TRY_TIMEOUT_MS;
      // What the platform asks for is the least; on top of it chance, or all would come back at once.
      await pause(retryAfterMs + Math.random() * limitMs, stop);
    }
  };
}

/** Ends early, and well, when nobody needs it any more. */
const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  limited(ms, stop, () => new Promise<never>(() => undefined)).catch(() => undefined);

function answerOf(body: string): { tradeId: string; acceptedAt: string; acceptedRegion: string } {
  const answer = JSON.parse(body) as Record<string, unknown>;
  return { tradeId: String(answer.tradeId), acceptedAt: String(answer.acceptedAt), acceptedRegion: String(answer.acceptedRegion) };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
