import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document, refusePlainHttp } from "../policy-documents";
import { siteName, type SiteContext } from "../site-context";

/** Longest run of the processor, seconds; the queue hides a message six times as long, as AWS advises for Lambda. */
export const PROCESSOR_TIMEOUT_SECONDS = 30;
const DELIVERIES = 10;
const FOURTEEN_DAYS = 14 * 24 * 3600;

/** The region's trade queue with its dead-letter queue. A hint, not the truth: what it loses, the reconciler finds in the journal. */
export class TradeQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:TradeQueue", name, {}, opts);
    const child = { parent: this };
    this.deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { name: siteName(context, ["trades", "dlq"], 80), messageRetentionSeconds: FOURTEEN_DAYS, sqsManagedSseEnabled: true },
      child,
    );
    this.queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        name: siteName(context, ["trades"], 80),
        visibilityTimeoutSeconds: 6 * PROCESSOR_TIMEOUT_SECONDS,
        messageRetentionSeconds: FOURTEEN_DAYS,
        receiveWaitTimeSeconds: 20,
        sqsManagedSseEnabled: true,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: DELIVERIES }),
      },
      child,
    );
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive`,
      {
        queueUrl: this.deadLetters.id,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
      },
      child,
    );
    for (const [part, queue] of [
      ["queue", this.queue],
      ["dead-letters", this.deadLetters],
    ] as const) {
      new aws.sqs.QueuePolicy(
        `${name}-${part}-policy`,
        { queueUrl: queue.id, policy: document(refusePlainHttp("sqs:*", queue.arn)) },
        child,
      );
    }
    this.registerOutputs({ queueUrl: this.queue.url });
  }
}
