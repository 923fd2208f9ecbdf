import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import { siteName, type SiteContext } from "../site-context";

export interface WakeSentinelArgs {
  readonly context: SiteContext;
  readonly sentinel: LambdaFunction;
  /** The region's bus, to which the other region forwards its alarms. */
  readonly busName: pulumi.Input<string>;
  /** Alarms of this region that speak of the other one, or of a sentinel that is not started. */
  readonly alarmNames: readonly pulumi.Input<string>[];
}

/** An alarm's change of state to ALARM, as EventBridge tells it. */
const alarmChange = { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] };

/**
 * Starts a watch at once when an alarm speaks of an outage: this region's alarms of the lease, and the other region's that it is down. An alarm
 * decides nothing: the sentinel looks at the lease.
 */
export class WakeSentinel extends pulumi.ComponentResource {
  constructor(name: string, { context, sentinel, busName, alarmNames }: WakeSentinelArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WakeSentinel", name, {}, opts);
    const { peerRegion } = context;
    const own = { ...alarmChange, detail: { alarmName: alarmNames, state: { value: ["ALARM"] } } };
    this.rule(`${name}-own`, { context, what: "own", description: "Alarms of this region wake the sentinel", pattern: own }, sentinel);
    const peers = { ...alarmChange, region: [peerRegion] };
    this.rule(
      `${name}-peer`,
      { context, what: "peer", description: `Alarms of ${peerRegion} wake the sentinel`, pattern: peers, busName },
      sentinel,
    );
    this.registerOutputs({});
  }

  private rule(
    name: string,
    {
      context,
      what,
      description,
      pattern,
      busName,
    }: {
      readonly context: SiteContext;
      readonly what: string;
      readonly description: string;
      readonly pattern: unknown;
      readonly busName?: pulumi.Input<string>;
    },
    sentinel: LambdaFunction,
  ): void {
    const child = { parent: this };
    const bus = busName === undefined ? {} : { eventBusName: busName };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      { name: siteName(context, ["wake", what], 64), description, eventPattern: pulumi.jsonStringify(pattern), ...bus },
      child,
    );
    new aws.lambda.Permission(
      `${name}-permission`,
      { function: sentinel.function.name, action: "lambda:InvokeFunction", principal: "events.amazonaws.com", sourceArn: rule.arn },
      child,
    );
    new aws.cloudwatch.EventTarget(`${name}-target`, { rule: rule.name, arn: sentinel.arn, ...bus }, child);
  }
}
