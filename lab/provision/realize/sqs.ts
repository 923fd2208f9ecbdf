/** SQS: queues and their policies. */
import { CreateQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ACCOUNT, arn, unlessThere, type RealizeContext, type RealizerTable } from "../context";
import { jsonText, optionalFlag, optionalNumber, optionalText, text, type Plain } from "../values";

/** Input member → queue attribute; all are numbers in the program and text on the wire. */
const NUMBERS: Readonly<Record<string, string>> = {
  delaySeconds: "DelaySeconds",
  maxMessageSize: "MaximumMessageSize",
  messageRetentionSeconds: "MessageRetentionPeriod",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  visibilityTimeoutSeconds: "VisibilityTimeout",
};

function attributesOf(inputs: Plain): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [key, attribute] of Object.entries(NUMBERS)) {
    const value = optionalNumber(inputs, key);
    if (value !== undefined) attributes[attribute] = String(value);
  }
  for (const [key, attribute] of [
    ["policy", "Policy"],
    ["redrivePolicy", "RedrivePolicy"],
    ["redriveAllowPolicy", "RedriveAllowPolicy"],
  ] as const) {
    if (inputs[key] !== undefined) attributes[attribute] = jsonText(inputs[key]);
  }
  if (optionalFlag(inputs, "fifoQueue")) attributes["FifoQueue"] = "true";
  return attributes;
}

/** The queue's URL with the region's front as its host: the SDK sends a queue's calls to its URL, so this keeps them behind the front. */
export const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${ACCOUNT}/${name}`;

/** Creates the queue, or sets its attributes if it is there. */
export async function ensureQueue(context: RealizeContext, name: string, attributes: Record<string, string>): Promise<string> {
  const client = context.sdk(SQSClient);
  const url = queueUrl(context.place.endpoint, name);
  await unlessThere(
    async () => void (await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))),
    async () => {
      await client.send(new GetQueueUrlCommand({ QueueName: name }));
      await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
    },
    "QueueNameExists",
    "QueueAlreadyExists",
  );
  return url;
}

async function setAttribute(
  context: RealizeContext,
  inputs: Plain,
  attribute: string,
  value: unknown,
): Promise<{ id: string; state: Plain }> {
  const url = text(inputs, "queueUrl");
  await context.sdk(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { [attribute]: jsonText(value) } }));
  return { id: url, state: {} };
}

export const sqs: RealizerTable = {
  "aws:sqs/queue:Queue": async (context, name, inputs) => {
    const queueName = optionalText(inputs, "name") ?? name;
    const url = await ensureQueue(context, queueName, attributesOf(inputs));
    return { id: url, state: { name: queueName, url, arn: arn("sqs", context.place.region, queueName) } };
  },
  "aws:sqs/queuePolicy:QueuePolicy": (context, _name, inputs) => setAttribute(context, inputs, "Policy", inputs["policy"]),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": (context, _name, inputs) =>
    setAttribute(context, inputs, "RedriveAllowPolicy", inputs["redriveAllowPolicy"]),
  "aws:sqs/redrivePolicy:RedrivePolicy": (context, _name, inputs) =>
    setAttribute(context, inputs, "RedrivePolicy", inputs["redrivePolicy"]),
};
