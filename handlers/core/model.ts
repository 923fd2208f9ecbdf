/** The words of the domain. Everything here is plain data; nothing here knows where it is stored. */
import type { TradeOrder } from "../trade/order";

/** A trade that the journal has accepted: durable in two regions, and never to be lost. */
export interface Trade extends TradeOrder {
  /** 32 hex digits, derived from caller and idempotency key, so the same request has the same id in either region. */
  readonly tradeId: string;
  readonly idempotencyKey: string;
  /** Who sent it: a name that both regions know the caller by. Entries of before callers were told apart have none. */
  readonly caller?: string;
  /** ISO 8601, UTC, milliseconds; the accepting region's clock. */
  readonly acceptedAt: string;
  readonly acceptedRegion: string;
}

export type Outcome = "EXECUTED" | "FAILED";

/** What was decided about a trade, once and for all. `reason` is set for FAILED only. */
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
  /** Decided before the ledger has it, and never again: it stays where a trade is reopened. */
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly settledAt?: string;
  /** Epoch of the lease under which it was settled. */
  readonly settledEpoch?: number;
  /** Number of the link of the ledger's history that its settlement is covered by. Rises with each mark and each reopening, never falls. */
  readonly settledSeq?: number;
}

/** A mark in the journal: the ledger's history holds the settlement up to this link, which was appended under this epoch. */
export interface Mark {
  readonly epoch: number;
  readonly seq: number;
}

/**
 * A link of the ledger's history. Each transaction that settles appends one; the number rises by one under a lock, and the id is random. A copy of
 * the ledger that holds a link holds everything that was committed before it.
 */
export interface Link {
  readonly seq: number;
  readonly id: string;
}

/** Marks that the ledger may not bear out: those with a number from `from` to `to`. */
export interface Doubt {
  readonly from: number;
  readonly to: number;
  /** ISO 8601; the finder's clock. */
  readonly foundAt: string;
  /** All of it has been held against the ledger once. */
  readonly verified?: boolean;
  /** When the pass that is under way began (ISO 8601), and where it goes on. */
  readonly pass?: { readonly began: string; readonly cursor: string };
}

/**
 * The newest link of the history that marks may stand for, kept where both regions see it. No mark is written before the head covers it, so a ledger that
 * holds the head has lost nothing that is marked, and one that does not has lost a tail.
 */
export interface Head extends Link {
  /** Epoch under which the head may be advanced. */
  readonly epoch: number;
  /** Number of the link at which the history last began anew after a loss: marks below it speak of the history before. */
  readonly base: number;
  readonly doubt?: Doubt;
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
  /** The epoch at which a watcher took it from a holder that had not handed it over; counts only while it is the lease's epoch. */
  readonly forcedEpoch?: number;
  /** Since then: ticks at which a watcher would have taken it again, and did not. */
  readonly refrained?: number;
}

/** How a lease changes hands, beside holder and epoch. */
export interface Taking {
  /** Taken only if the renewals are still these: a holder that has renewed since is alive. */
  readonly renewals?: number;
  /** A watcher's decision and nobody's wish, this one or one that still counts. */
  readonly forced?: boolean;
}
