import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EncryptedQueue, sender } from "../messaging/encrypted-queue";
import { sharedParameters, siteName, type SiteContext } from "../../foundation/site-context";

export interface ParameterSyncArgs {
  readonly context: SiteContext;
  readonly syncFunction: aws.lambda.Function;
  readonly keyArn: pulumi.Input<string>;
}

/**
 * Starts the copying of shared parameters: at each change of one, and every quarter of an hour for changes whose events came to nothing. Parameter
 * Store's events are on the region's default bus and on no other. In the passive region the function looks at the lease and does nothing.
 */
export class ParameterSync extends pulumi.ComponentResource {
  constructor(name: string, { context, syncFunction, keyArn }: ParameterSyncArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ParameterSync", name, {}, opts);
    const child = { parent: this };
    const rule = (start: string, when: aws.cloudwatch.EventRuleArgs) =>
      new aws.cloudwatch.EventRule(`${name}-${start}`, { name: siteName(context, ["parameter", start], 64), ...when }, child);
    const rules = {
      change: rule("change", {
        description: "A shared parameter was changed",
        eventPattern: JSON.stringify({
          source: ["aws.ssm"],
          "detail-type": ["Parameter Store Change"],
          detail: { name: [{ prefix: `${sharedParameters(context.settings)}/` }], operation: ["Create", "Update", "Delete"] },
        }),
      }),
      sweep: rule("sweep", { description: "Shared parameters whose change was missed", scheduleExpression: "rate(15 minutes)" }),
    };
    const arns = Object.values(rules).map(({ arn }) => arn);
    const { queue: deadLetters } = new EncryptedQueue(
      `${name}-dead-letters`,
      {
        queueName: siteName(context, ["parameters", "dlq"], 80),
        keyArn,
        statements: (queueArn) => [sender("StartsThatFailed", "events.amazonaws.com", arns, queueArn)],
      },
      child,
    );
    for (const [start, { name: ruleName, arn }] of Object.entries(rules)) {
      const permission = new aws.lambda.Permission(
        `${name}-${start}-permission`,
        { function: syncFunction.name, action: "lambda:InvokeFunction", principal: "events.amazonaws.com", sourceArn: arn },
        child,
      );
      new aws.cloudwatch.EventTarget(
        `${name}-${start}-target`,
        {
          rule: ruleName,
          arn: syncFunction.arn,
          deadLetterConfig: { arn: deadLetters.arn },
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
        },
        { ...child, dependsOn: [permission] },
      );
    }
    this.registerOutputs({});
  }
}
