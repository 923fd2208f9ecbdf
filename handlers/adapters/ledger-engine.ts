import type { Ledger } from "../ports";
import { MIGRATIONS, type Migration } from "../trade/migrations";
import { MYSQL_MIGRATIONS } from "../trade/mysql-migrations";
import { ledgerMysql } from "./ledger-mysql";
import { ledgerPostgres } from "./ledger-postgres";
import type { SqlTransport } from "./sql";

interface LedgerEngine {
  readonly ledger: (transport: SqlTransport, region: string) => Ledger;
  readonly migrations: readonly Migration[];
}

const ENGINES: Readonly<Record<string, LedgerEngine>> = {
  "aurora-postgresql": { ledger: ledgerPostgres, migrations: MIGRATIONS },
  "aurora-mysql": { ledger: ledgerMysql, migrations: MYSQL_MIGRATIONS },
};

/** @param name as RDS names it; throws an Error that lists those there are */
export function ledgerEngine(name: string): LedgerEngine {
  const engine = ENGINES[name];
  if (engine === undefined) throw new Error(`LEDGER_ENGINE is ${JSON.stringify(name)}; allowed: ${Object.keys(ENGINES).join(" | ")}`);
  return engine;
}
