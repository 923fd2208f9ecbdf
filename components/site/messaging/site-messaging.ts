import * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "../../foundation/site-context";
import { EventBus } from "./event-bus";
import { keepNotices } from "./notice-subscription";
import { Notifications } from "./notifications";
import { RecordQueue } from "./record-queue";
import { TradeQueue } from "./trade-queue";

export interface SiteMessagingArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** How the region's parts hear of each other and people of them: the trade queue, the bus, the alerts. */
export class SiteMessaging extends pulumi.ComponentResource {
  readonly queue: TradeQueue;
  readonly bus: EventBus;
  /** What the audit log is to have of what the bus tells. */
  readonly record: RecordQueue;
  readonly notifications: Notifications;

  constructor(name: string, { context, keyArn }: SiteMessagingArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteMessaging", name, {}, opts);
    const child = { parent: this };
    this.queue = new TradeQueue(`${name}-queue`, { context, keyArn }, child);
    this.bus = new EventBus(`${name}-bus`, { context, keyArn }, child);
    this.record = new RecordQueue(`${name}-record`, { context, keyArn, busName: this.bus.bus.name }, child);
    this.notifications = new Notifications(`${name}-alerts`, { context, keyArn }, child);
    keepNotices(`${name}-alerts-own`, { from: this.notifications, to: this.notifications }, child);
    this.registerOutputs({ queueUrl: this.queue.queue.url, busName: this.bus.bus.name, topicArn: this.notifications.topic.arn });
  }
}
