/** The adapters of the trade's cores, as a server has them: clients that live as long as the process, and its own connections to the ledger. */
import { tradeService } from "../contract/functions";
import { access, type Access } from "../handlers/adapters/access";
import { acceptanceChecks } from "../handlers/adapters/acceptance";
import { auditLog } from "../handlers/adapters/audit-log";
import { systemClock } from "../handlers/adapters/clock";
import { environment } from "../handlers/adapters/environment";
import { sha256 } from "../handlers/adapters/hashing";
import { ownChain } from "../handlers/adapters/chain-store";
import { ownJournal } from "../handlers/adapters/journal";
import { ownLease } from "../handlers/adapters/lease-store";
import { log } from "../handlers/adapters/log";
import { metrics } from "../handlers/adapters/metrics";
import { newSessionToken, openSessions } from "../handlers/adapters/open-sessions";
import { sessions } from "../handlers/adapters/sessions";
import { tableClient } from "../handlers/adapters/table";
import { tradeEvents } from "../handlers/adapters/trade-events";
import { ownQueue, peerQueue } from "../handlers/adapters/trade-queue";
import type { SettlementPorts } from "../handlers/core/settlement";
import type { Ledger, Metrics } from "../handlers/ports";
import { gathered } from "./gather";
import type { AnswerParts } from "./http/answers";

/** Three short tries fit into the core's own deadline for the journal. */
const TABLE_MS = 1_200;
/** SQS and EventBridge take ten a call. */
const CALL = 10;
/** Route 53 gives up after two seconds of waiting for the answer: the checks must have failed by then. */
const CHECK_MS = 1_200;

export interface ServerPorts {
  readonly queueUrl: string;
  readonly metrics: Metrics;
  readonly access: Access;
  readonly answering: Omit<AnswerParts, "isDraining">;
  readonly settling: SettlementPorts;
}

/** @param ledgerOf the ledger as this region uses it */
export function serverPorts(ledgerOf: (region: string) => Ledger): ServerPorts {
  const env = environment(tradeService);
  const region = env.AWS_REGION;
  const put = metrics(env);
  const tables = tableClient(TABLE_MS, 3);
  const checked = tableClient(CHECK_MS);
  const trades = ownJournal(env, tables);
  const lease = ownLease(env, tables);
  const events = tradeEvents(env);
  const queue = { ...ownQueue(env), ...peerQueue(env) };
  return {
    queueUrl: env.TRADE_QUEUE_URL,
    metrics: put,
    access: access(env),
    answering: {
      journal: trades,
      queue: { ...queue, send: gathered(CALL, (sent) => queue.send(sent)) },
      events: { ...events, placed: gathered(CALL, (told) => events.placed(told)) },
      lease,
      clock: systemClock,
      log,
      sha256,
      region,
      sessions: openSessions(env, tables),
      newToken: newSessionToken,
      lifetimeSeconds: env.SESSION_SECONDS,
      checks: acceptanceChecks(env, { journal: ownJournal(env, checked), sessions: openSessions(env, checked) }, CHECK_MS),
      version: process.env.SERVICE_VERSION ?? "unknown",
    },
    settling: {
      lease,
      chain: ownChain(env, tables),
      ledger: ledgerOf(region),
      journal: trades,
      queue,
      audit: auditLog(env),
      sessions: sessions(env, tables),
      events,
      clock: systemClock,
      log,
      metrics: put,
      region,
    },
  };
}
