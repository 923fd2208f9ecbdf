import type { FrontConfig } from "../config";
import { MariadbServer } from "./mariadb-server";
import { PostgresServer } from "./postgres-server";
import type { LedgerServer } from "./server";

/** The region's database server, by the engine that is played. */
export function openServer(config: FrontConfig): LedgerServer {
  const { ledger } = config;
  return ledger.engine === "aurora-mysql" ? new MariadbServer(config, ledger) : new PostgresServer(config, ledger);
}
