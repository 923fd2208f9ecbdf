/** The tables that both regions share: keys and indexes. */

export interface TableIndex {
  readonly partition: string;
  readonly sort: string;
}

export interface Table {
  readonly key: string;
  /** Strong: a write is acknowledged by two of three regions (MRSC). Eventual: each region writes alone, the last writer wins (MREC). */
  readonly consistency: "strong" | "eventual";
  readonly indexes: Readonly<Record<string, TableIndex>>;
  /** Keys that are numbers; all others are text. */
  readonly numbers?: readonly string[];
  /** When an item is no longer needed, in seconds since 1970. */
  readonly expiry?: string;
}

export const JOURNAL = {
  key: "tradeId",
  consistency: "strong",
  indexes: {
    pending: { partition: "pendingShard", sort: "acceptedAt" },
    settled: { partition: "settledShard", sort: "settledSeq" },
    byAccount: { partition: "accountId", sort: "acceptedAt" },
  },
  numbers: ["settledSeq"],
} as const satisfies Table;

export const LEASE = { key: "leaseId", consistency: "strong", indexes: {} } as const satisfies Table;

export const SESSIONS = { key: "id", consistency: "eventual", indexes: {}, expiry: "expiresAt" } as const satisfies Table;

/** How the keys of the sessions table begin: of an account's last trade, and of a session that a caller has opened. */
export const ACCOUNT_ITEM = "account:";
export const SESSION_ITEM = "session:";

/** Key of the lease itself among the lease table's items. */
export const LEDGER_LEASE = "ledger";

/** Key of a region's canary lease. */
export const canaryLease = (region: string): string => `canary-${region}`;

/** The head of the ledger's history, beside the lease: settlements write it all the time, and must not stand in the way of a renewal. */
export const LEDGER_HEAD = "ledger-head";

/** How many partitions an index of the journal is spread over, so that no index partition takes all writes. */
export const SHARDS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];
