import type { LedgerEngine } from "../../setup/ledger";

/** How to reach one region's database server: the drill looks at the rows themselves, not through the platform. */
export interface LedgerAddress {
  readonly engine: LedgerEngine;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Columns by name, as the database's own texts. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface LookSession {
  query(sql: string): Promise<readonly TextRow[]>;
  end(): Promise<void>;
}

/** What of looking into a ledger is the engine's own. */
export interface Look {
  open(address: LedgerAddress): Promise<LookSession>;
  /**
   * One row: `reader` (1 or 0), `position` (a whole number; the end of the log that is written, or applied), `behind` (milliseconds of a reader, or null) and
   * `tables` (how many of the two that matter are there).
   */
  readonly state: string;
  /** Begins a snapshot that changes nothing. */
  readonly snapshot: readonly string[];
  /** Milliseconds since 1970 at which a trade was settled. */
  readonly settledAt: string;
}

export const CONNECT_MS = 1_500;
export const ANSWER_MS = 6_000;
