import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AUDITED, EVENT_SOURCE } from "../../../contract/events";
import { auditor } from "../../../contract/functions";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { EncryptedQueue, sender } from "./encrypted-queue";

export interface RecordQueueArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
  readonly busName: pulumi.Input<string>;
}

/** SQS hides a message this many times as long as the function may run, as AWS advises for Lambda. */
const RUNS_HIDDEN = 6;
const DELIVERIES = 20;

/** What the audit log is to have of what the region's bus tells, until a function has written it. Only this region's events: the other one keeps its own. */
export class RecordQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;

  constructor(name: string, { context, keyArn, busName }: RecordQueueArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:RecordQueue", name, {}, opts);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        eventBusName: busName,
        name: siteName(context, ["record"], 64),
        description: "Acceptances, refusals and moves of this region, for the audit log",
        eventPattern: JSON.stringify({ source: [EVENT_SOURCE], region: [context.region], "detail-type": Object.keys(AUDITED) }),
      },
      child,
    );
    const fromTheBus = (what: string) => (queueArn: pulumi.Output<string>) => [sender(what, "events.amazonaws.com", [rule.arn], queueArn)];
    const { queue: deadLetters } = new EncryptedQueue(
      `${name}-dead-letters`,
      { queueName: siteName(context, ["record", "dlq"], 80), keyArn, statements: fromTheBus("EventsThatWereNotQueued") },
      child,
    );
    this.queue = new EncryptedQueue(
      `${name}-record`,
      {
        queueName: siteName(context, ["record"], 80),
        keyArn,
        statements: fromTheBus("EventsOfTheBus"),
        settings: {
          visibilityTimeoutSeconds: RUNS_HIDDEN * auditor.timeoutSeconds,
          redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: DELIVERIES }),
        },
      },
      child,
    ).queue;
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      { eventBusName: busName, rule: rule.name, arn: this.queue.arn, deadLetterConfig: { arn: deadLetters.arn } },
      child,
    );
    this.registerOutputs({ queueUrl: this.queue.url });
  }
}
