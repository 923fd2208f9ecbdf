import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document, refusePlainHttp, type Statement } from "../../foundation/policy-documents";

export interface EncryptedQueueArgs {
  /** Physical name. */
  readonly queueName: string;
  /** The region's key. Without one SQS's own key is used: for a queue that must take what failed because of the region's key. */
  readonly keyArn?: pulumi.Input<string>;
  /** Who may send beside the account's own principals, or who of these may not. */
  readonly statements?: (queueArn: pulumi.Output<string>) => readonly Statement[];
  /** What else the queue is told. */
  readonly settings?: Pick<aws.sqs.QueueArgs, "visibilityTimeoutSeconds" | "receiveWaitTimeSeconds" | "redrivePolicy">;
}

const FOURTEEN_DAYS = 14 * 24 * 3600;

/** A service sends on behalf of one thing and of no other. */
export const sender = (
  Sid: string,
  service: string,
  sourceArns: readonly pulumi.Input<string>[],
  queueArn: pulumi.Input<string>,
): Statement => ({
  Sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action: "sqs:SendMessage",
  Resource: queueArn,
  Condition: { ArnEquals: { "aws:SourceArn": sourceArns } },
});

/** A queue that keeps messages for as long as SQS does, encrypted, reached by TLS only. */
export class EncryptedQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;

  constructor(name: string, { queueName, keyArn, statements, settings }: EncryptedQueueArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:EncryptedQueue", name, {}, opts);
    const child = { parent: this };
    this.queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        ...settings,
        name: queueName,
        messageRetentionSeconds: FOURTEEN_DAYS,
        // Five minutes with one data key: a key service that hiccups stops nobody at once.
        ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn, kmsDataKeyReusePeriodSeconds: 300 }),
      },
      child,
    );
    const { arn } = this.queue;
    new aws.sqs.QueuePolicy(
      `${name}-policy`,
      { queueUrl: this.queue.id, policy: document(...(statements?.(arn) ?? []), refusePlainHttp("sqs:*", arn)) },
      child,
    );
    this.registerOutputs({ queueUrl: this.queue.url });
  }
}
