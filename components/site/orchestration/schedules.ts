import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EncryptedQueue } from "../messaging/encrypted-queue";
import { allow, allowKey, trust, type Statement } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface SchedulesArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
  readonly sentinelArn: pulumi.Input<string>;
  readonly reconcilerArn: pulumi.Input<string>;
  readonly readinessArn: pulumi.Input<string>;
}

interface Shape {
  readonly name: string;
  readonly rate: string;
  readonly target: pulumi.Input<string>;
  readonly action: string;
  /** What is too late is not worth starting: the next start is due. Seconds. */
  readonly maximumAgeSeconds: number;
}

/** Least that Lambda takes, seconds. */
const FRESH_SECONDS = 60;

/** What runs by the clock, in both regions: the sentinel and the reconciler each minute, the readiness machine each hour. */
export class Schedules extends pulumi.ComponentResource {
  constructor(
    name: string,
    { context, keyArn, sentinelArn, reconcilerArn, readinessArn }: SchedulesArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("trade-failover:components:Schedules", name, {}, opts);
    const child = { parent: this };
    const { queue: deadLetters } = new EncryptedQueue(
      `${name}-dead-letters`,
      { queueName: siteName(context, ["schedules", "dlq"], 80), keyArn },
      child,
    );
    const shapes: readonly Shape[] = [
      { name: "sentinel", rate: "rate(1 minute)", target: sentinelArn, action: "lambda:InvokeFunction", maximumAgeSeconds: 60 },
      { name: "reconciler", rate: "rate(1 minute)", target: reconcilerArn, action: "lambda:InvokeFunction", maximumAgeSeconds: 60 },
      { name: "readiness", rate: "rate(1 hour)", target: readinessArn, action: "states:StartExecution", maximumAgeSeconds: 1800 },
    ];
    for (const [started, functionName] of [
      ["sentinel", sentinelArn],
      ["reconciler", reconcilerArn],
    ] as const) {
      // Lambda keeps starts for six hours and tries each three times: after a throttling all that had piled up would run at once.
      new aws.lambda.FunctionEventInvokeConfig(
        `${name}-${started}-starts`,
        { functionName, maximumEventAgeInSeconds: FRESH_SECONDS, maximumRetryAttempts: 0 },
        child,
      );
    }
    for (const shape of shapes) {
      const statements: Statement[] = [
        allow(shape.action, shape.target),
        allow("sqs:SendMessage", deadLetters.arn),
        allowKey(["kms:GenerateDataKey", "kms:Decrypt"], keyArn, "sqs", context.region),
      ];
      const { role, policy } = serviceRole(
        `${name}-${shape.name}`,
        {
          settings: context.settings,
          roleName: siteName(context, [shape.name, "schedule"], 64),
          assumeRolePolicy: trust("scheduler.amazonaws.com", context.accountId),
          permissions: statements,
        },
        child,
      );
      new aws.scheduler.Schedule(
        `${name}-${shape.name}`,
        {
          name: siteName(context, [shape.name], 64),
          scheduleExpression: shape.rate,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: shape.target,
            roleArn: role.arn,
            input: "{}",
            retryPolicy: { maximumEventAgeInSeconds: shape.maximumAgeSeconds, maximumRetryAttempts: 2 },
            deadLetterConfig: { arn: deadLetters.arn },
          },
        },
        { ...child, dependsOn: [policy] },
      );
    }
    this.registerOutputs({});
  }
}
