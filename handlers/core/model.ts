/** The words of the domain. Everything here is plain data; nothing here knows where it is stored. */

export type Side = "buy" | "sell";

/** A trade as a client submits it; all fields validated. */
export interface TradeOrder {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Whole shares, 1 to 1e9. */
  readonly quantity: number;
  /** US dollars, a decimal with at most 4 places, canonical ("223.82", never "223.8200"). */
  readonly price: string;
}

/** A trade that the journal has accepted: durable in two regions, and never to be lost. */
export interface Trade extends TradeOrder {
  /** 32 hex digits, derived from the idempotency key, so the same request has the same id in either region. */
  readonly tradeId: string;
  readonly idempotencyKey: string;
  /** ISO 8601, UTC, milliseconds; the accepting region's clock. */
  readonly acceptedAt: string;
  readonly acceptedRegion: string;
}

export type Outcome = "EXECUTED" | "FAILED";

/** What the ledger decided about a trade. `reason` is set for FAILED only. */
export interface Settlement {
  readonly tradeId: string;
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** A trade as the journal holds it. */
export interface JournalEntry extends Trade {
  /** SHA-256 (hex) of the canonical order: same key and other fingerprint is a conflict. */
  readonly fingerprint: string;
  readonly status: "ACCEPTED" | "SETTLED";
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly settledAt?: string;
  /** Epoch of the lease under which it was settled. */
  readonly settledEpoch?: number;
}

/** The lease: which region may settle, under which fencing epoch. */
export interface Lease {
  /** AWS region code, e.g. "us-east-1". */
  readonly holder: string;
  /** Rises by one with each change of holder, never falls. */
  readonly epoch: number;
  /** Rises with each renewal; compared by watchers with their own monotonic clock, no wall clocks. */
  readonly renewals: number;
  /** The epoch at which the holder itself asked to be relieved; counts only while it is the lease's epoch. */
  readonly resignedEpoch?: number;
}

/** One account's holding of one symbol, as the ledger keeps it. */
export interface Position {
  readonly accountId: string;
  readonly symbol: string;
  /** Net shares, signed. */
  readonly quantity: bigint;
  /** Net dollars paid (buys positive), decimal string with 4 places. */
  readonly notional: string;
}
