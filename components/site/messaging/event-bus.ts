import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EVENT_SOURCE } from "../../../contract/events";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { busName } from "./bus-name";
import { EncryptedQueue, sender } from "./encrypted-queue";

export interface EventBusArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** The region's bus for `Trade Executed`, `Trade Failed` and the moves' own events, encrypted, with an archive to replay from. */
export class EventBus extends pulumi.ComponentResource {
  readonly bus: aws.cloudwatch.EventBus;
  readonly deadLetters: aws.sqs.Queue;

  constructor(name: string, { context, keyArn }: EventBusArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:EventBus", name, {}, opts);
    const child = { parent: this };
    const { region, accountId, settings } = context;
    const physical = busName(context);
    // Events that the bus could not encrypt or decrypt come here: not with the key that failed.
    this.deadLetters = new EncryptedQueue(
      `${name}-dead-letters`,
      {
        queueName: siteName(context, ["events", "dlq"], 80),
        statements: (queueArn) => {
          const busArn = pulumi.interpolate`arn:aws:events:${region}:${accountId}:event-bus/${physical}`;
          return [sender("EventsThatTheKeyRefused", "events.amazonaws.com", [busArn], queueArn)];
        },
      },
      child,
    ).queue;
    this.bus = new aws.cloudwatch.EventBus(
      `${name}-bus`,
      {
        name: physical,
        description: `Trade and failover events of both regions, ${context.site} site`,
        kmsKeyIdentifier: keyArn,
        deadLetterConfig: { arn: this.deadLetters.arn },
      },
      child,
    );
    new aws.cloudwatch.EventArchive(
      `${name}-archive`,
      {
        name: siteName(context, ["events"], 48),
        description: "For replays after a consumer's failure",
        eventSourceArn: this.bus.arn,
        eventPattern: JSON.stringify({ source: [EVENT_SOURCE] }),
        retentionDays: settings.logRetentionDays,
        kmsKeyIdentifier: keyArn,
      },
      child,
    );
    this.registerOutputs({ busName: this.bus.name });
  }
}
