/** SQL as the ledger uses it, whatever carries it: the RDS Data API, or a driver of its own. */
export type Row = readonly (string | number | null)[];

/** Runs one statement with named parameters (`:name`); answers its rows by position. */
export type Statement = (sql: string, parameters?: Readonly<Record<string, string | number>>) => Promise<Row[]>;

export interface SqlTransport {
  /** Runs `body` in one transaction: committed when it resolves, rolled back when it rejects. */
  readonly transaction: <T>(body: (run: Statement) => Promise<T>) => Promise<T>;
  /**
   * Runs one statement that is a transaction by itself: committed when it is answered. It may be run twice (a connection that ended while it was idle shows only
   * when it is used), so it must bear repetition.
   */
  readonly statement: Statement;
  /** Is it the data that the database refuses (numeric overflow, a violated check), and not the database that can't be reached? */
  readonly isDataError: (error: unknown) => boolean;
}
