/** The client's types. The client depends on nothing: neither on the platform's code nor on an SDK. */

/** One region's public trade API. */
export interface Endpoint {
  /** A name for results and logs, e.g. "us-east-1". */
  readonly region: string;
  /** Base URL with the stage, without a trailing slash, e.g. https://abc123.execute-api.us-east-1.amazonaws.com/v1 */
  readonly url: string;
}

export interface Order {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Whole shares. */
  readonly quantity: number;
  /** US dollars; a string keeps all decimals as they are. */
  readonly price: string | number;
}

/** A request about to be sent, as a signer sees it. */
export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly region: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The part of `fetch` that the client needs. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<{ readonly status: number; readonly headers: { get(name: string): string | null }; text(): Promise<string> }>;

/** What the client needs from its surroundings, so that a test controls time and chance. */
export interface Runtime {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls back after `ms`; the answer cancels. */
  after(ms: number, callback: () => void): () => void;
  /** 0 ≤ x < 1. */
  random(): number;
  /** A new idempotency key. */
  newKey(): string;
  fetch: Fetch;
}

export interface ClientOptions {
  /** Both regions, the preferred one first. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  /** Sent as `x-api-key`. */
  readonly apiKey?: string;
  /** Adds headers (for instance a SigV4 signature); called for each try, because each goes to one region. */
  readonly sign?: (request: OutgoingRequest) => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /**
   * Milliseconds that a try of the first round is waited for before the next one is made; doubles with each round in which both regions have failed,
   * up to four times as long. An answer that comes later, but within four times this time, still counts. Default 1500.
   */
  readonly tryTimeoutMs?: number;
  /** Milliseconds after which `submit` gives up and says that the outcome is unknown. Default 30000. */
  readonly deadlineMs?: number;
  /** First pause after both regions have failed, milliseconds; doubles, with full jitter. Default 100. */
  readonly backoffMs?: number;
  /** Longest pause, milliseconds. Default 2000. */
  readonly maxBackoffMs?: number;
  /** Failed tries in a row after which a region is left alone. Default 2. */
  readonly failureThreshold?: number;
  /** Milliseconds that a failed region is left alone before it is probed. Default 10000. */
  readonly coolDownMs?: number;
  /** If set, a try that has not been answered after so many milliseconds gets company in the other region: the same key, so the same trade. Off by default. */
  readonly hedgeAfterMs?: number;
}

interface Told {
  readonly idempotencyKey: string;
  /** Region whose answer this is; for "unknown" the one tried last. */
  readonly region: string;
  /** Requests sent, hedges included. */
  readonly attempts: number;
  readonly elapsedMs: number;
}

/** The trade is durable in two regions. */
export interface AcceptedResult extends Told {
  readonly kind: "accepted";
  readonly tradeId: string;
  readonly acceptedAt: string;
  /** Region that accepted it first; another than `region` if a try was accepted there and its answer was lost. */
  readonly acceptedRegion: string;
}

/** The platform will never accept this request. Correct it. */
export interface RejectedResult extends Told {
  readonly kind: "rejected";
  readonly status: number;
  readonly title: string;
  readonly errors: readonly { readonly field: string; readonly detail: string }[];
}

/** Nobody answered in time, or nobody could after a try whose answer was lost. The trade may have been accepted: submit it again with the same key to learn it. */
export interface UnknownResult extends Told {
  readonly kind: "unknown";
  readonly reason: string;
}

export type SubmitResult = AcceptedResult | RejectedResult | UnknownResult;

/** One try's end, told to an observer. */
export interface TryOutcome {
  readonly idempotencyKey: string;
  readonly region: string;
  /** Runtime's clock. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Empty unless there was no answer. */
  readonly error: string;
  /** The region asked for a session, and one was opened there on the way. */
  readonly openedSession: boolean;
}
