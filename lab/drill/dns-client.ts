import type { NameResolver, PublicFace } from "./face";
import { limited } from "./limited";
import { posting, type Post } from "./posting";
import type { RecordBook, TradeRecord } from "./record";
import { needsSession, SessionTicket } from "./session-ticket";

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

export interface DrillClient {
  readonly submit: (record: TradeRecord) => Promise<void>;
  /** Region in which it opened a session; undefined: none did. */
  readonly openSession: () => Promise<string | undefined>;
}

/** A client that asks DNS, keeps the answer for its TTL, knows one endpoint at a time, and repeats the same key until it is answered. */
export function dnsClient({ face, resolver, book, stop, elapsed }: Around): DrillClient {
  const ticket = new SessionTicket();

  /** Requests to where the name leads. */
  const poster = async (signal: AbortSignal): Promise<{ readonly region: string; readonly post: Post }> => {
    const route = await resolver.resolve(face.name);
    const post = posting(route.region, (path) => `${route.endpoint}${route.path(path)}`, face, signal);
    return { region: route.region, post };
  };

  const tryOnce = async (record: TradeRecord, timeoutMs: number): Promise<{ readonly isOver: boolean; readonly retryAfterMs: number }> => {
    const startedMs = elapsed();
    let region = "";
    try {
      const heard = await limited(timeoutMs, stop, async (signal) => {
        const found = await poster(signal);
        region = found.region;
        const headers = { "content-type": "application/json", "idempotency-key": record.key };
        return ticket.submit(found.post, headers, JSON.stringify(record.order));
      });
      const { status, type, retryAfter, body, openedSession } = heard;
      const endedMs = elapsed();
      book.tried(record, { startedMs, endedMs, region, status, error: "", ...(openedSession ? { openedSession } : {}) });
      if (status === 202) book.accepted(record, { atMs: endedMs, ...answerOf(body) });
      const isLastWord =
        status >= 400 && status < 500 && status !== 429 && !needsSession(heard) && type.startsWith("application/problem+json");
      if (isLastWord) book.rejected(record, { atMs: endedMs, status, title: body.slice(0, 500) });
      return { isOver: status === 202 || isLastWord, retryAfterMs: Math.min((Number(retryAfter) || 0) * 1000, LONGEST_ORDER_MS) };
    } catch (error) {
      book.tried(record, { startedMs, endedMs: elapsed(), region, status: 0, error: reason(error) });
      return { isOver: false, retryAfterMs: 0 };
    }
  };

  const submit = async (record: TradeRecord): Promise<void> => {
    let patienceMs = TRY_TIMEOUT_MS;
    for (let limitMs = FIRST_PAUSE_MS; !stop.aborted; limitMs = Math.min(2 * limitMs, LONGEST_PAUSE_MS)) {
      const { isOver, retryAfterMs } = await tryOnce(record, patienceMs);
      if (isOver) return;
      patienceMs = 2 * TRY_TIMEOUT_MS;
      // What the platform asks for is the least; on top of it chance, or all would come back at once.
      await pause(retryAfterMs + Math.random() * limitMs, stop);
    }
  };

  const openSession = (): Promise<string | undefined> =>
    limited(TRY_TIMEOUT_MS, stop, async (signal) => {
      const { region, post } = await poster(signal);
      return (await ticket.open(post)) === undefined ? region : undefined;
    }).catch(() => undefined);

  return { submit, openSession };
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
