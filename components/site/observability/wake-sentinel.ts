import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import { ALARM_CHANGE } from "../messaging/alarm-change";
import { EncryptedQueue, sender } from "../messaging/encrypted-queue";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface WakeSentinelArgs {
  readonly context: SiteContext;
  readonly sentinel: LambdaFunction;
  /** The region's bus, to which the other region forwards its alarms. */
  readonly busName: pulumi.Input<string>;
  /** The region's key, for the queue of what could not be delivered. */
  readonly keyArn: pulumi.Input<string>;
  /** Alarms of this region that speak of the other one, or of a sentinel that is not started. */
  readonly alarmNames: readonly pulumi.Input<string>[];
}

/** Later a hint is worth nothing: by then the schedule has started the same watch. Seconds, the least that EventBridge takes. */
const FRESH_SECONDS = 60;

interface RuleShape {
  readonly what: "own" | "peer";
  readonly description: string;
  readonly pattern: unknown;
  readonly busName?: pulumi.Input<string>;
}

/**
 * Starts a watch at once when an alarm speaks of an outage: this region's alarms of the lease, and the other region's that it is down. An alarm
 * decides nothing: the sentinel looks at the lease.
 */
export class WakeSentinel extends pulumi.ComponentResource {
  constructor(name: string, args: WakeSentinelArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WakeSentinel", name, {}, opts);
    const { context, busName, alarmNames, keyArn } = args;
    const { peerRegion } = context;
    const own = { ...ALARM_CHANGE, detail: { alarmName: alarmNames, state: { value: ["ALARM"] } } };
    const peers = { ...ALARM_CHANGE, region: [peerRegion] };
    const rules = {
      own: this.rule(name, context, { what: "own", description: "Alarms of this region wake the sentinel", pattern: own }),
      peer: this.rule(name, context, { what: "peer", description: `Alarms of ${peerRegion} wake the sentinel`, pattern: peers, busName }),
    };
    const arns = Object.values(rules).map(({ arn }) => arn);
    const { queue: deadLetters } = new EncryptedQueue(
      `${name}-dead-letters`,
      {
        queueName: siteName(context, ["wake", "dlq"], 80),
        keyArn,
        statements: (queueArn) => [sender("WatchesThatWereNotStarted", "events.amazonaws.com", arns, queueArn)],
      },
      { parent: this },
    );
    this.start(`${name}-own`, rules.own, args, deadLetters);
    this.start(`${name}-peer`, rules.peer, args, deadLetters, busName);
    this.registerOutputs({});
  }

  private rule(name: string, context: SiteContext, { what, description, pattern, busName }: RuleShape): aws.cloudwatch.EventRule {
    const bus = busName === undefined ? {} : { eventBusName: busName };
    return new aws.cloudwatch.EventRule(
      `${name}-${what}-rule`,
      { name: siteName(context, ["wake", what], 64), description, eventPattern: pulumi.jsonStringify(pattern), ...bus },
      { parent: this },
    );
  }

  private start(
    name: string,
    rule: aws.cloudwatch.EventRule,
    { sentinel }: WakeSentinelArgs,
    deadLetters: aws.sqs.Queue,
    eventBusName?: pulumi.Input<string>,
  ): void {
    const child = { parent: this };
    const permission = new aws.lambda.Permission(
      `${name}-permission`,
      { function: sentinel.function.name, action: "lambda:InvokeFunction", principal: "events.amazonaws.com", sourceArn: rule.arn },
      child,
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        arn: sentinel.arn,
        ...(eventBusName === undefined ? {} : { eventBusName }),
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: FRESH_SECONDS, maximumRetryAttempts: 10 },
      },
      { ...child, dependsOn: [permission] },
    );
  }
}
