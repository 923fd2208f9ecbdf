/** SQS → ledger: settles a batch where this region may, hands it over where it may not, and reports what must come back. */
import * as functions from "../../contract/functions";
import { auditLog } from "../adapters/audit-log";
import { systemClock } from "../adapters/clock";
import { ownChain } from "../adapters/chain-store";
import { environment } from "../adapters/environment";
import { ownJournal } from "../adapters/journal";
import { ownLease } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { sessions } from "../adapters/sessions";
import { tableClient } from "../adapters/table";
import { tradeEvents } from "../adapters/trade-events";
import { peerQueue } from "../adapters/trade-queue";
import { parseMessages, type QueueMessage } from "../core/messages";
import { settleBatch } from "../core/settlement";

const env = environment(functions.tradeProcessor);
// Short tries: what fails here comes back by redelivery, and the function has half a minute for all its steps.
const tables = tableClient(1_500, 3);
const ports = {
  lease: ownLease(env, tables),
  chain: ownChain(env, tables),
  ledger: ownLedger(env),
  journal: ownJournal(env, tables),
  queue: peerQueue(env),
  audit: auditLog(env),
  sessions: sessions(env, tables),
  events: tradeEvents(env),
  clock: systemClock,
  log,
  metrics: metrics(env),
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
