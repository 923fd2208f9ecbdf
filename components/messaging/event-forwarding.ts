import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, document, refusePlainHttp, trust } from "../policy-documents";
import type { RegionalSite } from "../regional-site";
import { siteName, type SiteContext } from "../site-context";

export interface EventForwardingArgs {
  readonly context: SiteContext;
  readonly from: RegionalSite;
  readonly to: RegionalSite;
}

/** Sends a site's events to the other site's bus. Only events of this region match, so none is sent back. */
export class EventForwarding extends pulumi.ComponentResource {
  constructor(name: string, { context, from, to }: EventForwardingArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:EventForwarding", name, {}, opts);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        name: siteName(context, ["forward"], 64),
        eventBusName: from.messaging.bus.bus.name,
        description: "Trade and failover events of this region, for the other region's bus",
        eventPattern: JSON.stringify({ source: ["trade-failover"], region: [context.region] }),
      },
      child,
    );
    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { name: siteName(context, ["forward", "dlq"], 80), messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true },
      child,
    );
    new aws.sqs.QueuePolicy(
      `${name}-dead-letters-policy`,
      {
        queueUrl: deadLetters.id,
        policy: document(
          {
            Sid: "EventsThatCouldNotBeForwarded",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: deadLetters.arn,
            Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
          },
          refusePlainHttp("sqs:*", deadLetters.arn),
        ),
      },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { name: siteName(context, ["forward"], 64), assumeRolePolicy: trust("events.amazonaws.com", context.accountId) },
      child,
    );
    new aws.iam.RolePolicy(
      `${name}-policy`,
      { name: "permissions", role: role.id, policy: document(allow("events:PutEvents", to.messaging.bus.bus.arn)) },
      child,
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        eventBusName: from.messaging.bus.bus.name,
        arn: to.messaging.bus.bus.arn,
        roleArn: role.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 100 },
      },
      child,
    );
    this.registerOutputs({});
  }
}
