/** What the Data API needs of a database's session, whatever the engine. */
import type { SqlParameter } from "./sql";

/** A value as the Data API gives it. */
export type Field = Readonly<Record<string, unknown>>;

export interface SqlResult {
  /** None: the statement answers no rows. */
  readonly columns: readonly string[];
  readonly records: readonly (readonly Field[])[];
  /** Rows that were changed. */
  readonly updated: number;
}

export interface SqlSession {
  /** One statement, with `:name` parameters. */
  run(sql: string, parameters: readonly SqlParameter[]): Promise<SqlResult>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** What a caller may have set does not reach the next one. */
  forget(): Promise<void>;
  close(): void;
}

/** This cluster has no writer, or it can't be reached. */
export class NoWriter extends Error {
  override readonly name = "NoWriter";
}
/** The database refuses the statement; `message` as the Data API words it. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
}
/** AWS returns no such type. */
export class UnsupportedResult extends Error {
  override readonly name = "UnsupportedResultException";
}
export class StatementTimeout extends Error {
  override readonly name = "StatementTimeout";
}

/** AWS: a statement ends after 45 seconds. */
export const STATEMENT_MS = 45_000;
export const CONNECT_MS = 2_000;
