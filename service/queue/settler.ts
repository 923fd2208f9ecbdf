import type { SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import { parseMessages } from "../../handlers/core/messages";
import { settleBatch, type SettlementPorts } from "../../handlers/core/settlement";
import type { Clock, Log } from "../../handlers/ports";

export interface SettlerParts {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly ports: SettlementPorts;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** Batches in work at once, each a transaction of its own. */
  readonly batchesAtOnce: number;
}

export interface Settler {
  readonly start: () => void;
  /** Takes no more; resolves when the batches in work have ended, or after `ms`: what has not ended then comes back by itself. */
  readonly stop: (ms: number) => Promise<void>;
}

/** SQS hands out ten messages at most. */
const BATCH = 10;
/** A stop waits for the poll under way: short polls make short stops, and cost a call each. */
export const POLL_SECONDS = 3;
/** Longer than a batch takes with all its retries; what a process that died had in work comes back after it. */
const HIDDEN_SECONDS = 30;
/** Between two looks after something went wrong: a queue or a ledger that is away is not asked without a pause. */
const PAUSE_MS = 1_000;
const LOOK_MS = 50;

/** Takes trades from the region's queue and settles them, as Lambda's poller and the function behind it do. */
export function settler({ sqs, queueUrl, ports, clock, batchesAtOnce }: SettlerParts): Settler {
  const consumers = Array.from({ length: batchesAtOnce }, () => {
    const consumer = Consumer.create({
      sqs,
      queueUrl,
      batchSize: BATCH,
      waitTimeSeconds: POLL_SECONDS,
      visibilityTimeout: HIDDEN_SECONDS,
      authenticationErrorTimeout: PAUSE_MS,
      strictReturn: true,
      handleMessageBatch: async (messages) => {
        const ids = await done(messages, ports);
        return messages.filter(({ MessageId }) => ids.has(MessageId ?? ""));
      },
    });
    watch(consumer, ports.log);
    return consumer;
  });
  return {
    start: () => consumers.forEach((consumer) => consumer.start()),
    stop: async (ms) => {
      await Promise.all(consumers.map((consumer) => stop(consumer, ms, clock)));
    },
  };
}

/** Ids of the messages that need not come back. */
async function done(
  messages: readonly { readonly MessageId?: string; readonly Body?: string }[],
  ports: SettlementPorts,
): Promise<ReadonlySet<string>> {
  const { trades, poison } = parseMessages(messages.map(({ MessageId = "", Body = "" }) => ({ messageId: MessageId, body: Body })));
  for (const messageId of poison)
    ports.log.error("this message is no trade; it goes to the dead-letter queue after its last delivery", { messageId });
  const { retry } = await settleBatch([...trades.values()], ports);
  const again = new Set(retry);
  return new Set([...trades].filter(([, { tradeId }]) => !again.has(tradeId)).map(([messageId]) => messageId));
}

function watch(consumer: Consumer, log: Log): void {
  const pause = (ms: number) => consumer.updateOption("pollingWaitTimeMs", ms);
  consumer.on("error", (error) => {
    log.warn("a batch was not taken or not ended; it comes back", { error });
    pause(PAUSE_MS);
  });
  consumer.on("response_processed", () => pause(0));
  consumer.on("empty", () => pause(0));
}

async function stop(consumer: Consumer, ms: number, clock: Pick<Clock, "monotonic" | "sleep">): Promise<void> {
  consumer.stop();
  const until = clock.monotonic() + ms;
  // The library tells the end by an event too, but looks for it once a second only.
  while (consumer.status.isPolling && clock.monotonic() < until) await clock.sleep(LOOK_MS);
}
