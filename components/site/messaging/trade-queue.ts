import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tradeProcessor } from "../../../contract/functions";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { EncryptedQueue } from "./encrypted-queue";
import { refuseOtherSenders } from "./trade-senders";

export interface TradeQueueArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** The queue hides a message this many times as long as the processor may run, as AWS advises for Lambda. */
const RUNS_HIDDEN = 6;
const DELIVERIES = 10;

/** The region's trade queue with its dead-letter queue. A hint, not the truth: what it loses, the reconciler finds in the journal. */
export class TradeQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;

  constructor(name: string, { context, keyArn }: TradeQueueArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:TradeQueue", name, {}, opts);
    const child = { parent: this };
    this.deadLetters = new EncryptedQueue(
      `${name}-dead-letters`,
      { queueName: siteName(context, ["trades", "dlq"], 80), keyArn },
      child,
    ).queue;
    this.queue = new EncryptedQueue(
      `${name}-trades`,
      {
        queueName: siteName(context, ["trades"], 80),
        keyArn,
        statements: (arn) => [refuseOtherSenders(context, arn)],
        settings: {
          visibilityTimeoutSeconds: RUNS_HIDDEN * tradeProcessor.timeoutSeconds,
          receiveWaitTimeSeconds: 20,
          redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: DELIVERIES }),
        },
      },
      child,
    ).queue;
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive`,
      {
        queueUrl: this.deadLetters.id,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
      },
      child,
    );
    this.registerOutputs({ queueUrl: this.queue.url });
  }
}
