/**
 * What leaves a region asynchronously, from its front, with AWS's rules:
 * S3: an object put into a bucket with a replication rule is copied to the rule's bucket, usually within seconds; replicas are not replicated again.
 * DynamoDB global tables (eventual consistency): an item's write reaches the other region within about a second; the last writer wins.
 * EventBridge: a rule's target may be a bus in another region; delivery is at least once, with retries.
 * What had not left when the region was killed is gone with the front's memory; what a frozen region holds leaves late.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ReplicationHooks } from "../region/replication-hooks";
import type { Wiring } from "../types";
import { call } from "./emulator-call";
import { Outbox } from "./outbox";

export interface ReplicationOptions {
  readonly region: string;
  readonly peerRegion: string;
  /** This region's emulator, behind its front. */
  readonly emulatorPort: number;
  /** Near end of the link to the other region's front. */
  readonly peerPort: number;
}

export const S3_LAG_MS = 1_000;
export const MREC_LAG_MS = 500;
const RETRY_MS = 1_000;
const WRITES = ["PutItem", "UpdateItem", "DeleteItem"];
/** Tells the other front's hooks that this write is a replica; they see it as a header that AWS would not show anybody. */
export const REPLICA_HEADER = "x-lab-replica";

const FORWARDED = "forwarded-from:";

/** On AWS an event keeps the region it was born in, and the rule matches that region only; the emulator gives it the region it is in. */
const isOwn = (event: Record<string, unknown>): boolean =>
  !((event.resources as string[] | undefined) ?? []).some((resource) => resource.startsWith(FORWARDED));

export class Replication implements ReplicationHooks {
  private wiring: Wiring | undefined;
  private cut = false;
  private closed = false;
  private readonly objects = new Outbox(S3_LAG_MS, RETRY_MS);
  private readonly items = new Outbox(MREC_LAG_MS, RETRY_MS);
  private readonly pollers = new Set<string>();
  private readonly sqs: SQSClient;
  private readonly peerEvents: EventBridgeClient;

  constructor(private readonly options: ReplicationOptions) {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const { region, peerRegion, emulatorPort, peerPort } = options;
    this.sqs = new SQSClient({ region, endpoint: `http://127.0.0.1:${emulatorPort}`, credentials, useQueueUrlAsEndpoint: false });
    this.peerEvents = new EventBridgeClient({
      region: peerRegion,
      endpoint: `http://127.0.0.1:${peerPort}`,
      credentials,
      maxAttempts: 1,
      requestHandler: { requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
  }

  wire(wiring: Wiring): void {
    this.wiring = wiring;
    for (const { queueUrl, busName } of wiring.eventForwarding) {
      if (this.pollers.has(queueUrl)) continue;
      this.pollers.add(queueUrl);
      void this.forwardEvents(queueUrl, busName);
    }
  }

  setPartition(cut: boolean): void {
    this.cut = cut;
  }

  s3({ method, bucket, key }: { readonly method: string; readonly bucket: string; readonly key: string }): void {
    const target = this.wiring?.bucketReplication[bucket];
    if (target !== undefined && method === "PUT") this.objects.put(() => this.unlessCut(() => this.copyObject(bucket, target, key)));
  }

  dynamodb(operation: string, request: Record<string, unknown>): void {
    const table = String(request.TableName);
    const key = this.wiring?.mrecTables[table];
    if (!WRITES.includes(operation) || key === undefined) return;
    // A new item has its key in itself, a change beside it.
    const { Item, Key } = request as { Item?: Record<string, unknown>; Key?: unknown };
    this.items.put(() => this.unlessCut(() => this.copyItem(table, Key ?? { [key]: Item?.[key] })));
  }

  close(): void {
    this.closed = true;
    this.objects.close();
    this.items.close();
    this.sqs.destroy();
    this.peerEvents.destroy();
  }

  private async unlessCut(copy: () => Promise<void>): Promise<void> {
    if (this.cut) throw new Error("cut off");
    await copy();
  }

  private async copyObject(bucket: string, target: string, key: string): Promise<void> {
    const { region, peerRegion, emulatorPort, peerPort } = this.options;
    const path = (name: string): string => `/${name}/${key.split("/").map(encodeURIComponent).join("/")}`;
    const read = await call({ port: emulatorPort, method: "GET", path: path(bucket), region, service: "s3" });
    if (read.status !== 200) return;
    const headers = { "content-type": read.contentType, [REPLICA_HEADER]: "1" };
    const put = await call({
      port: peerPort,
      method: "PUT",
      path: path(target),
      region: peerRegion,
      service: "s3",
      headers,
      body: read.body,
    });
    if (put.status >= 500) throw new Error(`the replica was refused: ${put.status}`);
  }

  /** Sends the item as it is by then. Last writer wins: the newer `lastTradeAt` stays, which is what the platform's own update asks for too; what has none is written once. */
  private async copyItem(table: string, key: unknown): Promise<void> {
    const { region, peerRegion, emulatorPort, peerPort } = this.options;
    const request = (operation: string, port: number, where: string, body: object) =>
      call({
        port,
        method: "POST",
        path: "/",
        region: where,
        service: "dynamodb",
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}`, [REPLICA_HEADER]: "1" },
        body: Buffer.from(JSON.stringify(body)),
      });
    const read = await request("GetItem", emulatorPort, region, { TableName: table, Key: key });
    const { Item } = JSON.parse(read.body.toString("utf8")) as { Item?: Record<string, unknown> };
    if (Item === undefined) return;
    const put = await request("PutItem", peerPort, peerRegion, {
      TableName: table,
      Item,
      ConditionExpression: "attribute_not_exists(lastTradeAt) OR lastTradeAt < :at",
      ExpressionAttributeValues: { ":at": Item.lastTradeAt ?? { S: "" } },
    });
    if (put.status >= 500) throw new Error(`the replica was refused: ${put.status}`);
  }

  private async forwardEvents(QueueUrl: string, EventBusName: string): Promise<void> {
    while (!this.closed) {
      try {
        if (this.cut) throw new Error("cut off");
        const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }));
        if (Messages.length === 0) continue;
        const events = Messages.map(({ Body = "{}" }) => JSON.parse(Body) as Record<string, unknown>);
        const Entries = events.filter(isOwn).map((event) => {
          return {
            EventBusName,
            Source: String(event.source),
            DetailType: String(event["detail-type"]),
            Detail: JSON.stringify(event.detail),
            Resources: [...((event.resources as string[] | undefined) ?? []), `${FORWARDED}${this.options.region}`],
          };
        });
        if (Entries.length > 0) await this.peerEvents.send(new PutEventsCommand({ Entries }));
        const sent = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: sent }));
      } catch {
        if (!this.closed) await sleep(RETRY_MS);
      }
    }
  }
}
