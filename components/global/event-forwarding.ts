import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EVENT_SOURCE } from "../../contract/events";
import { compositeName } from "../site/observability/composite-alarms";
import { allow, trust } from "../foundation/policy-documents";
import { serviceRole } from "../foundation/service-role";
import type { RegionalSite } from "../site/regional-site";
import { siteName, type SiteContext } from "../foundation/site-context";
import { ALARM_CHANGE } from "../site/messaging/alarm-change";
import { EncryptedQueue, sender } from "../site/messaging/encrypted-queue";

export interface EventForwardingArgs {
  readonly context: SiteContext;
  readonly from: RegionalSite;
  readonly to: RegionalSite;
}

/**
 * Sends a site's events to the other site's bus, and the alarm that the site is down, which wakes the sentinel there. Only events of this region
 * match, so none is sent back.
 */
export class EventForwarding extends pulumi.ComponentResource {
  constructor(name: string, { context, from, to }: EventForwardingArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:EventForwarding", name, {}, opts);
    const child = { parent: this };
    const { region, accountId } = context;
    const own = { eventBusName: from.messaging.bus.bus.name };
    const events = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        ...own,
        name: siteName(context, ["forward"], 64),
        description: "Trade and failover events of this region, for the other region's bus",
        eventPattern: JSON.stringify({ source: [EVENT_SOURCE], region: [region] }),
      },
      child,
    );
    // CloudWatch tells the account's default bus.
    const alarms = new aws.cloudwatch.EventRule(
      `${name}-alarm-rule`,
      {
        name: siteName(context, ["forward", "alarm"], 64),
        description: "This site is down, for the other region's sentinel",
        eventPattern: JSON.stringify({
          ...ALARM_CHANGE,
          region: [region],
          detail: { alarmName: [compositeName(context, "site-down")], state: { value: ["ALARM"] } },
        }),
      },
      child,
    );
    const { queue: deadLetters } = new EncryptedQueue(
      `${name}-dead-letters`,
      {
        queueName: siteName(context, ["forward", "dlq"], 80),
        keyArn: from.foundation.key.key.arn,
        statements: (arn) => [sender("EventsThatCouldNotBeForwarded", "events.amazonaws.com", [events.arn, alarms.arn], arn)],
      },
      child,
    );
    const target = to.messaging.bus.bus.arn;
    const { role } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: siteName(context, ["forward"], 64),
        assumeRolePolicy: trust("events.amazonaws.com", accountId),
        permissions: [allow("events:PutEvents", target)],
      },
      child,
    );
    const delivery = {
      arn: target,
      roleArn: role.arn,
      deadLetterConfig: { arn: deadLetters.arn },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 100 },
    };
    new aws.cloudwatch.EventTarget(`${name}-target`, { ...delivery, ...own, rule: events.name }, child);
    // An alarm of an hour ago tells nobody anything.
    const fresh = { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 100 };
    new aws.cloudwatch.EventTarget(`${name}-alarm-target`, { ...delivery, retryPolicy: fresh, rule: alarms.name }, child);
    this.registerOutputs({});
  }
}
