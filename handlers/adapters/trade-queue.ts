import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { inParallel } from "../core/in-parallel";
import type { Trade } from "../core/model";
import type { TradeQueue } from "../ports";
import { limits } from "./clients";
import type { Environment } from "./environment";

/** SQS takes ten messages a batch. */
const BATCH = 10;
const BATCHES_AT_ONCE = 32;

interface Refused {
  readonly tradeId: string;
  readonly code: string;
}

/** SQS refuses message by message: answers with those that it did not take. */
async function sendAll(client: SQSClient, queueUrl: string, trades: readonly Trade[]): Promise<readonly Refused[]> {
  const batches: Trade[][] = [];
  for (let i = 0; i < trades.length; i += BATCH) batches.push(trades.slice(i, i + BATCH));
  const refused: Refused[] = [];
  await inParallel(BATCHES_AT_ONCE, batches, async (batch) => {
    // By place, and not by trade: requests that repeat each other may share a call, and SQS refuses one in which an id is there twice.
    const Entries = batch.map((trade, place) => ({ Id: String(place), MessageBody: JSON.stringify(trade) }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    refused.push(...Failed.map(({ Id, Code = "unknown" }) => ({ tradeId: batch[Number(Id)]?.tradeId ?? "", code: Code })));
  });
  return refused;
}

/**
 * The region's own queue. Two tries, for a connection that ended while the function was frozen: a message that is sent twice does no harm, one that is not
 * sent waits in the journal for the reconciler.
 */
export function ownQueue(env: Environment<"queue.send">): Pick<TradeQueue, "send"> {
  const client = new SQSClient(limits(1_000, 2));
  return {
    send: async (trades) => {
      const refused = await sendAll(client, env.TRADE_QUEUE_URL, trades);
      if (refused.length > 0) throw new Error(`${refused.length} of ${trades.length} trades were not queued: ${refused[0]?.code}`);
    },
  };
}

/** The other region's queue, with as many tries. */
export function peerQueue(env: Environment<"queue.handOver">): Pick<TradeQueue, "sendTo"> {
  const client = new SQSClient({ region: env.PEER_REGION, ...limits(2_000, 2) });
  return {
    sendTo: async (target, trades) => {
      if (target !== env.PEER_REGION) throw new Error(`no queue is known in region "${target}"; allowed: "${env.PEER_REGION}"`);
      return (await sendAll(client, env.PEER_TRADE_QUEUE_URL, trades)).map(({ tradeId }) => tradeId);
    },
  };
}
