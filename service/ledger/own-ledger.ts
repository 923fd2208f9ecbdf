import { ledgerEngine } from "../../handlers/adapters/ledger-engine";
import type { Ledger } from "../../handlers/ports";
import type { ServerEnvironment } from "../environment";
import { iamPassword, type LedgerEndpoint } from "./endpoint";
import { mysqlTransport } from "./mysql-transport";
import { postgresTransport } from "./postgres-transport";

/** How each engine is reached. */
const WAYS = {
  "aurora-postgresql": { port: 5432, transport: postgresTransport },
  "aurora-mysql": { port: 3306, transport: mysqlTransport },
} as const;

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
  const way = WAYS[env.LEDGER_ENGINE];
  const at = { host: env.LEDGER_HOST, port: env.LEDGER_PORT ?? way.port, user: env.LEDGER_USER };
  const endpoint: LedgerEndpoint = {
    ...at,
    database: env.LEDGER_DATABASE,
    tls: env.LEDGER_TLS === "on",
    password: iamPassword(env.AWS_REGION, at),
  };
  const transport = way.transport(endpoint, { connections: env.BATCHES_AT_ONCE, connectMs: CONNECT_MS, answerMs: ANSWER_MS });
  return { as: (region) => ledgerEngine(env.LEDGER_ENGINE).ledger(transport, region), close: transport.close };
}
