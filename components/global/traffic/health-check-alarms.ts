import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "../../foundation/site-context";
import { runbookSection } from "../../site/observability/alarm-shape";
import { nameAlarm } from "../../site/observability/name-alarms";

/** AWS keeps all health checks' metrics here, and an alarm is where its metric is. */
export const CHECK_METRICS_REGION = "us-east-1";

export interface HealthCheckAlarmsArgs {
  /** The site that is in `CHECK_METRICS_REGION`. */
  readonly context: SiteContext;
  readonly topicArn: pulumi.Input<string>;
  readonly checkIds: Readonly<Record<"primary" | "standby", pulumi.Input<string>>>;
}

/** Tells people when the public name leaves the primary, or has nowhere to go. */
export class HealthCheckAlarms extends pulumi.ComponentResource {
  constructor(name: string, { context, topicArn, checkIds }: HealthCheckAlarmsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:HealthCheckAlarms", name, {}, opts);
    const alarm = (what: "primary" | "standby", says: string) =>
      new aws.cloudwatch.MetricAlarm(
        `${name}-${what}`,
        {
          name: nameAlarm(context, what),
          alarmDescription: `${says}. No data is bad news. ${runbookSection(`name-${what}`)}`,
          namespace: "AWS/Route53",
          metricName: "HealthCheckStatus",
          dimensions: { HealthCheckId: checkIds[what] },
          statistic: "Minimum",
          comparisonOperator: "LessThanThreshold",
          threshold: 1,
          period: 60,
          evaluationPeriods: 1,
          treatMissingData: "breaching",
          alarmActions: [topicArn],
          okActions: [topicArn],
        },
        { parent: this },
      );
    alarm("primary", "The public name does not lead to the primary site: it is down, or the standby is active");
    alarm("standby", "The standby site does not answer Route 53: the public name could not move there");
    this.registerOutputs({});
  }
}
