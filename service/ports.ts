/** The adapters of the trade's cores, as a server has them: clients that live as long as the process, and its own connections to the ledger. */
import { acceptanceChecks } from "../handlers/adapters/acceptance";
import { auditLog } from "../handlers/adapters/audit-log";
import { systemClock } from "../handlers/adapters/clock";
import { environment } from "../handlers/adapters/environment";
import { sha256 } from "../handlers/adapters/hashing";
import { journal } from "../handlers/adapters/journal";
import { chainStore } from "../handlers/adapters/chain-store";
import { leaseStore } from "../handlers/adapters/lease-store";
import { log } from "../handlers/adapters/log";
import { metrics } from "../handlers/adapters/metrics";
import { sessions } from "../handlers/adapters/sessions";
import { tableClient } from "../handlers/adapters/table";
import { tradeEvents } from "../handlers/adapters/trade-events";
import { tradeQueue } from "../handlers/adapters/trade-queue";
import type { SettlementPorts } from "../handlers/core/settlement";
import type { Ledger } from "../handlers/ports";
import type { AnswerParts } from "./http/answers";

/** Three short tries fit into the core's own deadline for the journal. */
const TABLE_MS = 1_200;
/** Route 53 gives up after two seconds of waiting for the answer: the checks must have failed by then. */
const CHECK_MS = 1_200;

export interface ServerPorts {
  readonly queueUrl: string;
  readonly answering: Omit<AnswerParts, "isDraining">;
  readonly settling: SettlementPorts;
}

/** @param ledgerOf the ledger as this region uses it */
export function serverPorts(ledgerOf: (region: string) => Ledger): ServerPorts {
  const env = environment(
    "AWS_REGION",
    "PEER_REGION",
    "LEASE_TABLE",
    "JOURNAL_TABLE",
    "SESSIONS_TABLE",
    "TRADE_QUEUE_URL",
    "PEER_TRADE_QUEUE_URL",
    "AUDIT_BUCKET",
    "EVENT_BUS_NAME",
  );
  const region = env.AWS_REGION;
  const tables = tableClient(TABLE_MS, 3);
  const trades = journal(tables, env.JOURNAL_TABLE);
  const lease = leaseStore(tables, env.LEASE_TABLE);
  const queue = tradeQueue(region, env.TRADE_QUEUE_URL, { region: env.PEER_REGION, queueUrl: env.PEER_TRADE_QUEUE_URL });
  return {
    queueUrl: env.TRADE_QUEUE_URL,
    answering: {
      journal: trades,
      queue,
      lease,
      clock: systemClock,
      log,
      sha256,
      region,
      checks: acceptanceChecks(journal(tableClient(CHECK_MS), env.JOURNAL_TABLE), env.TRADE_QUEUE_URL, CHECK_MS),
      version: process.env.SERVICE_VERSION ?? "unknown",
    },
    settling: {
      lease,
      chain: chainStore(tables, env.LEASE_TABLE),
      ledger: ledgerOf(region),
      journal: trades,
      queue,
      audit: auditLog(env.AUDIT_BUCKET),
      sessions: sessions(tables, env.SESSIONS_TABLE),
      events: tradeEvents(env.EVENT_BUS_NAME),
      clock: systemClock,
      log,
      metrics,
      region,
    },
  };
}
