/** The database servers that the lab's ledgers run on, by the engine that a stack names. */
import { ensureMariadb, type MariadbPrograms } from "./mariadb";
import { ensurePostgres, type PostgresPrograms } from "./postgres";

export type LedgerPrograms =
  ({ readonly engine: "aurora-postgresql" } & PostgresPrograms) | ({ readonly engine: "aurora-mysql" } & MariadbPrograms);
export type LedgerEngine = LedgerPrograms["engine"];

/** What plays the engine. */
export const productOf = ({ engine, version }: LedgerPrograms): string =>
  `${engine === "aurora-mysql" ? "MariaDB" : "PostgreSQL"} ${version}`;

/** Throws a SetupError that says what to install where this machine has no such server. */
export function ensureLedger(engine: LedgerEngine, onStep: (line: string) => void): LedgerPrograms {
  return engine === "aurora-mysql" ? { engine, ...ensureMariadb() } : { engine, ...ensurePostgres(onStep) };
}
