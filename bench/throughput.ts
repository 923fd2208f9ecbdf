import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LabWorld } from "../lab/drill/world";
import { generated } from "../lab/drill/stream";
import type { RegionHandle } from "../lab/types";
import { quantile } from "./statistics";

const CONCURRENCY = 8;
const INTAKE_TRADES = 700;
const BATCH = 100;
const BATCHED_TRADES = 500;
const SINGLE_TRADES = 60;

export interface Rate {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

export interface ThroughputResult {
  /** POST /trades at the active region: validated, written to the journal in two regions, queued, answered. */
  readonly intake: Rate;
  /** The peer: GET /health through the same API and runtime, a function that does nothing. */
  readonly health: Rate;
  readonly intakeToHealth: number;
  readonly settlement: {
    readonly batchSize: number;
    readonly batchedPerSecond: number;
    /** The peer: the same handler and trades, one trade a call. */
    readonly singlePerSecond: number;
    /** At least 10 is the goal. */
    readonly ratio: number;
  };
}

/** Throughput of the handlers in the lab, each figure beside a peer's from the same run on the same machine. */
export async function measureThroughput(world: LabWorld, active: RegionHandle): Promise<ThroughputResult> {
  const shared = { region: active.region, endpoint: active.endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const lambda = new LambdaClient({ ...shared, maxAttempts: 1 });
  const sqs = new SQSClient({ ...shared, maxAttempts: 2 });
  const processor = world.names.functions.get(active.region)?.get("trade-processor");
  const queueUrl = world.names.queues.get(active.region);
  if (processor === undefined || queueUrl === undefined) throw new Error(`no trade-processor or queue in ${active.region}`);
  await setMapping(lambda, processor, false);
  try {
    const { apiKey = "" } = world.face();
    const run = `b${Date.now().toString(36)}`;
    const trades = generated({ run, scenario: "bench", clients: CONCURRENCY }, INTAKE_TRADES, 1, 1);
    const health = await rate(INTAKE_TRADES, async () => answered(await fetch(`${active.endpoint}/health`), 200));
    const intake = await rate(trades.length, async (index) => {
      const trade = trades[index];
      const headers = { "content-type": "application/json", "idempotency-key": trade?.key ?? "", "x-api-key": apiKey };
      answered(await fetch(`${active.endpoint}/trades`, { method: "POST", headers, body: JSON.stringify(trade?.order) }), 202);
    });
    const messages = await receive(sqs, queueUrl, BATCHED_TRADES + SINGLE_TRADES + 2);
    const settle = async (batch: readonly Message[]): Promise<void> => {
      await invoke(lambda, processor, active.region, batch);
    };
    // One call each way before the clock runs: a cold start belongs to neither.
    await settle(messages.slice(0, 1));
    await settle(messages.slice(1, 2));
    const single = messages.slice(2, 2 + SINGLE_TRADES);
    const batched = messages.slice(2 + SINGLE_TRADES);
    const batches = Array.from({ length: Math.ceil(batched.length / BATCH) }, (_, index) =>
      batched.slice(index * BATCH, (index + 1) * BATCH),
    );
    const singlePerSecond = await timed(single.length, async () => {
      for (const message of single) await settle([message]);
    });
    const batchedPerSecond = await timed(batched.length, async () => {
      for (const batch of batches) await settle(batch);
    });
    return {
      intake,
      health,
      intakeToHealth: intake.perSecond / health.perSecond,
      settlement: { batchSize: BATCH, batchedPerSecond, singlePerSecond, ratio: batchedPerSecond / singlePerSecond },
    };
  } finally {
    await setMapping(lambda, processor, true);
    lambda.destroy();
    sqs.destroy();
  }
}

function answered(response: Response, status: number): void {
  void response.body?.cancel();
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status} instead of ${status}`);
}

async function rate(count: number, once: (index: number) => Promise<void>): Promise<Rate> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let index = next++; index < count; index = next++) {
        const start = performance.now();
        await once(index);
        times.push(performance.now() - start);
      }
    }),
  );
  return { perSecond: (count * 1000) / (performance.now() - began), medianMs: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (count * 1000) / (performance.now() - began);
}

async function setMapping(lambda: LambdaClient, functionName: string, enabled: boolean): Promise<void> {
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }));
  for (const { UUID } of EventSourceMappings ?? []) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled }));
}

async function receive(sqs: SQSClient, queueUrl: string, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  let empty = 0;
  while (messages.length < count && empty < 3) {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 600,
        AttributeNames: ["All"],
        WaitTimeSeconds: 1,
      }),
    );
    empty = (Messages ?? []).length === 0 ? empty + 1 : 0;
    messages.push(...(Messages ?? []));
  }
  if (messages.length < count) throw new Error(`the queue gave ${messages.length} messages, ${count} are needed`);
  return messages;
}

/** Calls the function as the event source mapping does. */
async function invoke(lambda: LambdaClient, functionName: string, region: string, batch: readonly Message[]): Promise<void> {
  const Records = batch.map(({ MessageId, Body, Attributes, ReceiptHandle }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ApproximateReceiveCount: "1", ...Attributes },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:${region}:000000000000:bench`,
    awsRegion: region,
  }));
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ Records }) }),
  );
  const answer = Buffer.from(Payload ?? []).toString("utf8");
  const failures =
    FunctionError === undefined ? ((JSON.parse(answer) as { batchItemFailures?: unknown[] }).batchItemFailures ?? []) : [answer];
  if (failures.length > 0) throw new Error(`settlement failed: ${JSON.stringify(failures).slice(0, 500)}`);
}
