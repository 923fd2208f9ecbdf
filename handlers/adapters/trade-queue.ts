import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { inParallel } from "../core/in-parallel";
import type { Trade } from "../core/model";
import type { TradeQueue } from "../ports";
import { limits } from "./clients";

/** SQS takes ten messages a batch. */
const BATCH = 10;
const BATCHES_AT_ONCE = 8;

async function sendAll(client: SQSClient, queueUrl: string, trades: readonly Trade[]): Promise<void> {
  const batches: Trade[][] = [];
  for (let i = 0; i < trades.length; i += BATCH) batches.push(trades.slice(i, i + BATCH));
  const failed: { readonly Code?: string }[] = [];
  await inParallel(BATCHES_AT_ONCE, batches, async (batch) => {
    const Entries = batch.map((trade) => ({ Id: trade.tradeId, MessageBody: JSON.stringify(trade) }));
    failed.push(...((await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))).Failed ?? []));
  });
  if (failed.length > 0) throw new Error(`${failed.length} of ${trades.length} trades were not queued: ${failed[0]?.Code ?? "unknown"}`);
}

/**
 * The region's own queue and that of the other region. Two tries each, for a connection that ended while the function was frozen: a message that is
 * sent twice does no harm, one that is not sent waits in the journal for the reconciler.
 */
export function tradeQueue(region: string, queueUrl: string, peer?: { readonly region: string; readonly queueUrl: string }): TradeQueue {
  const own = new SQSClient(limits(1_000, 2));
  const other = peer && { client: new SQSClient({ region: peer.region, ...limits(2_000, 2) }), ...peer };
  return {
    send: (trades) => sendAll(own, queueUrl, trades),
    sendTo: async (target, trades) => {
      if (target === region) return sendAll(own, queueUrl, trades);
      if (other?.region !== target) throw new Error(`no queue is known in region "${target}"`);
      return sendAll(other.client, other.queueUrl, trades);
    },
  };
}
