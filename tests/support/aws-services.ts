/** SQS with its visibility, a bus and a bucket in memory, for a process under test: what the SDK asks for over HTTP. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAt: number;
  receipt: string;
}

type Input = Readonly<Record<string, unknown>>;
interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly ReceiptHandle: string;
}

export interface AwsServices {
  readonly url: string;
  readonly queueUrl: string;
  readonly messages: readonly Message[];
  readonly events: readonly Input[];
  readonly objects: ReadonlyMap<string, string>;
  close(): void;
}

const LOOK_MS = 20;
/** The SDK compares it with its own. */
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

export async function awsServices(): Promise<AwsServices> {
  let messages: Message[] = [];
  const events: Input[] = [];
  const objects = new Map<string, string>();
  let next = 1;

  const receive = async (
    { MaxNumberOfMessages = 1, WaitTimeSeconds = 0, VisibilityTimeout = 30 }: Input,
    asked: IncomingMessage,
  ): Promise<Input> => {
    const until = Date.now() + Number(WaitTimeSeconds) * 1_000;
    for (;;) {
      const now = Date.now();
      // A poller that has died takes nothing any more.
      if (asked.socket.destroyed) return {};
      const taken = messages.filter(({ visibleAt }) => visibleAt <= now).slice(0, Number(MaxNumberOfMessages));
      for (const message of taken)
        Object.assign(message, { visibleAt: now + Number(VisibilityTimeout) * 1_000, receipt: `receipt-${next++}` });
      if (taken.length > 0)
        return {
          Messages: taken.map(({ id, body, receipt }) => ({ MessageId: id, Body: body, MD5OfBody: md5(body), ReceiptHandle: receipt })),
        };
      if (now >= until) return {};
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const answers: Readonly<Record<string, (input: Input, asked: IncomingMessage) => Input | Promise<Input>>> = {
    ReceiveMessage: receive,
    GetQueueAttributes: () => ({ Attributes: {} }),
    SendMessageBatch: ({ Entries }) => {
      const entries = Entries as readonly Entry[];
      messages.push(...entries.map(({ MessageBody }) => ({ id: `message-${next++}`, body: MessageBody, visibleAt: 0, receipt: "" })));
      return { Successful: entries.map(({ Id, MessageBody }) => ({ Id, MD5OfMessageBody: md5(MessageBody) })), Failed: [] };
    },
    DeleteMessageBatch: ({ Entries }) => {
      const entries = Entries as readonly Entry[];
      const receipts = new Set(entries.map(({ ReceiptHandle }) => ReceiptHandle));
      messages = messages.filter(({ receipt }) => !receipts.has(receipt));
      return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    PutEvents: ({ Entries }) => {
      const entries = Entries as readonly Input[];
      events.push(...entries);
      return { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: `event-${next++}` })) };
    },
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, text: string): Promise<void> => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    if (request.method === "PUT") objects.set(request.url ?? "", text);
    const body = request.method === "PUT" ? {} : await answers[operation]?.(JSON.parse(text) as Input, request);
    response.writeHead(body ? 200 : 400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body ?? {}));
  };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => void serve(request, response, text));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    queueUrl: `${url}/123456789012/trades`,
    get messages() {
      return messages;
    },
    events,
    objects,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
