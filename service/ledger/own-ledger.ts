import { ledgerPostgres } from "../../handlers/adapters/ledger-postgres";
import type { Ledger } from "../../handlers/ports";
import type { ServerEnvironment } from "../environment";
import { iamPassword, type LedgerEndpoint } from "./endpoint";
import { postgresTransport } from "./postgres-transport";

/** A passive region's ledger has no writer to reach: its batches are handed over, and must not wait for long. */
const CONNECT_MS = 2_000;
const ANSWER_MS = 5_000;

export interface OwnLedger {
  /** The ledger as `region` uses it. */
  readonly as: (region: string) => Ledger;
  readonly close: () => Promise<void>;
}

/** The region's ledger by connections of the process's own, a batch each. */
export function ownLedger(env: ServerEnvironment): OwnLedger {
  const at = { host: env.LEDGER_HOST, port: env.LEDGER_PORT, user: env.LEDGER_USER };
  const endpoint: LedgerEndpoint = {
    ...at,
    database: env.LEDGER_DATABASE,
    tls: env.LEDGER_TLS === "on",
    password: iamPassword(env.AWS_REGION, at),
  };
  const transport = postgresTransport(endpoint, { connections: env.BATCHES_AT_ONCE, connectMs: CONNECT_MS, answerMs: ANSWER_MS });
  return { as: (region) => ledgerPostgres(transport, region), close: transport.close };
}
