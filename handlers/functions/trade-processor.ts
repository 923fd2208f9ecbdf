/** SQS → ledger: settles a batch where this region may, hands it over where it may not, and reports what must come back. */
import { auditLog } from "../adapters/audit-log";
import { systemClock } from "../adapters/clock";
import { chainStore } from "../adapters/chain-store";
import { environment } from "../adapters/environment";
import { journal } from "../adapters/journal";
import { leaseStore } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { sessions } from "../adapters/sessions";
import { tableClient } from "../adapters/table";
import { tradeEvents } from "../adapters/trade-events";
import { tradeQueue } from "../adapters/trade-queue";
import { parseMessages, type QueueMessage } from "../core/messages";
import { settleBatch } from "../core/settlement";

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
// Short tries: what fails here comes back by redelivery, and the function has half a minute for all its steps.
const tables = tableClient(1_500, 3);
const ports = {
  lease: leaseStore(tables, env.LEASE_TABLE),
  chain: chainStore(tables, env.LEASE_TABLE),
  ledger: ownLedger(),
  journal: journal(tables, env.JOURNAL_TABLE),
  queue: tradeQueue(env.AWS_REGION, env.TRADE_QUEUE_URL, { region: env.PEER_REGION, queueUrl: env.PEER_TRADE_QUEUE_URL }),
  audit: auditLog(env.AUDIT_BUCKET),
  sessions: sessions(tables, env.SESSIONS_TABLE),
  events: tradeEvents(env.EVENT_BUS_NAME),
  clock: systemClock,
  log,
  metrics,
  region: env.AWS_REGION,
};

interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export async function handler(event: { readonly Records: readonly QueueMessage[] }): Promise<BatchResponse> {
  const { trades, poison } = parseMessages(event.Records);
  for (const messageId of poison)
    log.error("this message is no trade; it goes to the dead-letter queue after its last delivery", { messageId });
  const { retry } = await settleBatch([...trades.values()], ports);
  const again = new Set(retry);
  const failed = [...trades].filter(([, trade]) => again.has(trade.tradeId)).map(([messageId]) => messageId);
  return { batchItemFailures: [...poison, ...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}
