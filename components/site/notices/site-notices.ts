import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, trust } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { noticeRuleName, noticeRules, type ToldAlarms } from "./notice-rules";
import type { Receiver } from "./receivers";

export interface SiteNoticesArgs {
  readonly context: SiteContext;
  /** At least one. */
  readonly receivers: readonly Receiver[];
  readonly alarms: ToldAlarms;
  readonly busName: pulumi.Input<string>;
  /** What nobody took comes here. */
  readonly deadLettersArn: pulumi.Input<string>;
}

/**
 * Tells a chat and a pager outside of AWS of the region's alarms and moves. No function is in between: EventBridge words the notice, adds the secret
 * and sends it. Each region tells by itself, so neither waits for the other.
 */
export class SiteNotices extends pulumi.ComponentResource {
  constructor(name: string, args: SiteNoticesArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteNotices", name, {}, opts);
    const child = { parent: this };
    const { context, receivers, alarms, busName, deadLettersArn } = args;
    const destinations = receivers.map((receiver) => ({ receiver, destination: this.destination(name, context, receiver) }));
    const { role, policy } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: siteName(context, ["notices"], 64),
        assumeRolePolicy: trust("events.amazonaws.com", context.accountId),
        permissions: [
          allow(
            "events:InvokeApiDestination",
            destinations.map(({ destination }) => destination.arn),
          ),
        ],
      },
      child,
    );
    const stack = `trade-failover ${context.settings.environmentSuffix}`;
    for (const [what, rule] of noticeRules()) {
      const told = destinations.flatMap(({ receiver, destination }) => {
        const inputTransformer = receiver.wording(rule, stack);
        return inputTransformer === undefined ? [] : [{ receiver, destination, inputTransformer }];
      });
      if (told.length === 0) continue;
      const on = rule.onSiteBus ? { eventBusName: busName } : {};
      const made = new aws.cloudwatch.EventRule(
        `${name}-${what}-rule`,
        {
          ...on,
          name: noticeRuleName(context, what),
          description: rule.description,
          eventPattern: pulumi.jsonStringify(rule.pattern(context, alarms)),
        },
        child,
      );
      for (const { receiver, destination, inputTransformer } of told) {
        new aws.cloudwatch.EventTarget(
          `${name}-${what}-${receiver.name}`,
          {
            ...on,
            rule: made.name,
            arn: destination.arn,
            roleArn: role.arn,
            inputTransformer,
            deadLetterConfig: { arn: deadLettersArn },
            retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 100 },
          },
          { ...child, dependsOn: [policy] },
        );
      }
    }
    this.registerOutputs({});
  }

  /** EventBridge keeps the secret in Secrets Manager, as one of its own. */
  private destination(name: string, context: SiteContext, receiver: Receiver): aws.cloudwatch.EventApiDestination {
    const child = { parent: this };
    const physical = siteName(context, ["notices", receiver.name], 64);
    const bodies = Object.entries(receiver.secrets).map(([key, value]) => ({ key, value, isValueSecret: true }));
    const connection = new aws.cloudwatch.EventConnection(
      `${name}-${receiver.name}-connection`,
      {
        name: physical,
        description: `Notices of the ${context.site} site, ${receiver.name}`,
        // A connection has to authorize. Neither receiver asks for a header; this one says who sends.
        authorizationType: "API_KEY",
        authParameters: {
          apiKey: { key: "X-Sent-By", value: "trade-failover" },
          ...(bodies.length === 0 ? {} : { invocationHttpParameters: { bodies } }),
        },
      },
      child,
    );
    return new aws.cloudwatch.EventApiDestination(
      `${name}-${receiver.name}-destination`,
      {
        name: physical,
        connectionArn: connection.arn,
        httpMethod: "POST",
        invocationEndpoint: receiver.url,
        invocationRateLimitPerSecond: receiver.rate,
      },
      child,
    );
  }
}
