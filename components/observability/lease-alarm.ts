import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../site-context";

export interface LeaseAlarmArgs {
  readonly context: SiteContext;
  readonly topicArn: pulumi.Input<string>;
}

/** Nobody renews: each site looks at both regions' renewals, because only the active one renews and either may be that. */
export class LeaseAlarm extends pulumi.ComponentResource {
  constructor(name: string, { context, topicArn }: LeaseAlarmArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:LeaseAlarm", name, {}, opts);
    new aws.cloudwatch.MetricAlarm(
      `${name}-lease-in-use`,
      {
        name: siteName(context, ["settles", "without", "renewal"], 255),
        alarmDescription: "This region settles trades and does not renew the lease",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        evaluationPeriods: 2,
        treatMissingData: "breaching",
        alarmActions: [topicArn],
        metricQueries: [
          {
            id: "settled",
            metric: {
              namespace: "TradeFailover",
              metricName: "TradesSettled",
              dimensions: { Region: context.region },
              period: 60,
              stat: "Sum",
            },
          },
          {
            id: "renewed",
            metric: {
              namespace: "TradeFailover",
              metricName: "LeaseRenewed",
              dimensions: { Region: context.region },
              period: 60,
              stat: "Sum",
            },
          },
          {
            id: "unrenewed",
            expression: "IF(FILL(settled, 0) > 0 AND FILL(renewed, 0) == 0, 1, 0)",
            label: "settles without renewal",
            returnData: true,
          },
        ],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
