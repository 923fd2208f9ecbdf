import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import { siteName, type SiteContext } from "../site-context";

export interface SiteAlarmsArgs {
  readonly context: SiteContext;
  readonly topicArn: pulumi.Input<string>;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly queueName: pulumi.Input<string>;
  readonly deadLetterQueueName: pulumi.Input<string>;
  readonly apiName: pulumi.Input<string>;
  readonly clusterIdentifier: pulumi.Input<string>;
  readonly stateMachineArns: Readonly<Record<string, pulumi.Input<string>>>;
  readonly sentinel: LambdaFunction;
}

interface AlarmShape {
  readonly name: string;
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum" | "Minimum" | "p99";
  readonly threshold: number;
  readonly below?: boolean;
  readonly periodSeconds?: number;
  readonly periods?: number;
  /** "breaching" where silence is bad news; "notBreaching" only for counts that AWS leaves out when they are zero. */
  readonly missing: "breaching" | "notBreaching";
}

/** The alarms of a site. They tell people; those of the API also wake this region's sentinel at once. */
export class SiteAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: SiteAlarmsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteAlarms", name, {}, opts);
    const alarms = Object.fromEntries(shapes(args).map((shape) => [shape.name, this.alarm(name, shape, args)]));
    this.wakeSentinel(name, args, [alarms["api-errors"], alarms["not-ready"]]);
    this.registerOutputs({});
  }

  private alarm(name: string, shape: AlarmShape, { context, topicArn }: SiteAlarmsArgs): aws.cloudwatch.MetricAlarm {
    const percentile = shape.statistic === "p99";
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${shape.name}`,
      {
        name: siteName(context, [shape.name], 255),
        alarmDescription: shape.says,
        namespace: shape.namespace,
        metricName: shape.metric,
        dimensions: shape.dimensions,
        ...(percentile ? { extendedStatistic: "p99" } : { statistic: shape.statistic }),
        comparisonOperator: shape.below ? "LessThanThreshold" : "GreaterThanThreshold",
        threshold: shape.threshold,
        period: shape.periodSeconds ?? 60,
        evaluationPeriods: shape.periods ?? 1,
        treatMissingData: shape.missing,
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
  }

  private wakeSentinel(
    name: string,
    { context, sentinel }: SiteAlarmsArgs,
    alarms: readonly (aws.cloudwatch.MetricAlarm | undefined)[],
  ): void {
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-wake`,
      {
        name: siteName(context, ["wake", "sentinel"], 64),
        description: "An alarm that speaks of an outage starts a watch at once; the lease still decides",
        eventPattern: pulumi.jsonStringify({
          source: ["aws.cloudwatch"],
          "detail-type": ["CloudWatch Alarm State Change"],
          detail: { alarmName: alarms.flatMap((alarm) => (alarm ? [alarm.name] : [])), state: { value: ["ALARM"] } },
        }),
      },
      child,
    );
    new aws.lambda.Permission(
      `${name}-wake-permission`,
      { function: sentinel.function.name, action: "lambda:InvokeFunction", principal: "events.amazonaws.com", sourceArn: rule.arn },
      child,
    );
    new aws.cloudwatch.EventTarget(`${name}-wake-target`, { rule: rule.name, arn: sentinel.arn }, child);
  }
}

function shapes(args: SiteAlarmsArgs): AlarmShape[] {
  const { context, functions, queueName, deadLetterQueueName, apiName, clusterIdentifier, stateMachineArns } = args;
  const own = { Region: context.region };
  const lambda = Object.entries(functions).flatMap(([handler, { function: fn }]): AlarmShape[] => [
    {
      name: `${handler}-errors`,
      says: `Function ${handler} fails`,
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: fn.name },
      statistic: "Sum",
      threshold: 5,
      periods: 3,
      missing: "notBreaching",
    },
    {
      name: `${handler}-throttles`,
      says: `Function ${handler} is throttled`,
      namespace: "AWS/Lambda",
      metric: "Throttles",
      dimensions: { FunctionName: fn.name },
      statistic: "Sum",
      threshold: 0,
      periods: 3,
      missing: "notBreaching",
    },
  ]);
  const machines = Object.entries(stateMachineArns).map(([machine, arn]): AlarmShape => ({
    name: `${machine}-failed`,
    says: `State machine ${machine} failed: a person must look`,
    namespace: "AWS/States",
    metric: "ExecutionsFailed",
    dimensions: { StateMachineArn: arn },
    statistic: "Sum",
    threshold: 0,
    missing: "notBreaching",
  }));
  return [
    ...lambda,
    ...machines,
    {
      name: "queue-age",
      says: "Trades wait too long for settlement",
      namespace: "AWS/SQS",
      metric: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queueName },
      statistic: "Maximum",
      threshold: 60,
      periods: 3,
      missing: "breaching",
    },
    {
      name: "dead-letters",
      says: "Messages that nobody could settle",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: deadLetterQueueName },
      statistic: "Maximum",
      threshold: 0,
      missing: "breaching",
    },
    {
      name: "api-errors",
      says: "The API answers 5xx",
      namespace: "AWS/ApiGateway",
      metric: "5XXError",
      dimensions: { ApiName: apiName },
      statistic: "Sum",
      threshold: 5,
      missing: "notBreaching",
    },
    {
      name: "api-latency",
      says: "The API is slow",
      namespace: "AWS/ApiGateway",
      metric: "Latency",
      dimensions: { ApiName: apiName },
      statistic: "p99",
      threshold: 2_000,
      periods: 3,
      missing: "notBreaching",
    },
    {
      name: "replication-lag",
      says: "The ledger's copy falls behind",
      namespace: "AWS/RDS",
      metric: "AuroraGlobalDBReplicationLag",
      dimensions: { DBClusterIdentifier: clusterIdentifier },
      statistic: "Maximum",
      threshold: 5_000,
      periods: 3,
      missing: "notBreaching",
    },
    {
      name: "not-ready",
      says: "This site is not ready for a failover, or has not shown that it is",
      namespace: "TradeFailover",
      metric: "FailoverReadiness",
      dimensions: own,
      statistic: "Minimum",
      threshold: 100,
      below: true,
      periodSeconds: 3600,
      periods: 2,
      missing: "breaching",
    },
  ];
}
