import * as pulumi from "@pulumi/pulumi";
import type { SiteCompute } from "../compute/site-compute";
import type { SiteData } from "../data/site-data";
import type { SiteMessaging } from "../messaging/site-messaging";
import type { SiteOrchestration } from "../orchestration/site-orchestration";
import { siteName, type SiteContext } from "../site-context";
import { LeaseAlarm } from "./lease-alarm";
import { SiteAlarms } from "./site-alarms";

export interface SiteObservabilityArgs {
  readonly context: SiteContext;
  readonly data: SiteData;
  readonly messaging: SiteMessaging;
  readonly compute: SiteCompute;
  readonly orchestration: SiteOrchestration;
}

/** What watches the region's parts and tells people. */
export class SiteObservability extends pulumi.ComponentResource {
  constructor(name: string, args: SiteObservabilityArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteObservability", name, {}, opts);
    const child = { parent: this };
    const { context, data, messaging, compute, orchestration } = args;
    const { failover, failback, readiness } = orchestration.machines;
    const topicArn = messaging.notifications.topic.arn;
    new SiteAlarms(
      `${name}-alarms`,
      {
        context,
        topicArn,
        functions: { ...compute.answering, ...compute.working },
        sentinel: compute.working.sentinel,
        queueName: messaging.queue.queue.name,
        deadLetterQueueName: messaging.queue.deadLetters.name,
        apiName: siteName(context, ["trades"], 255),
        clusterIdentifier: data.ledger.cluster.clusterIdentifier,
        stateMachineArns: { failover: failover.arn, failback: failback.arn, readiness: readiness.arn },
      },
      child,
    );
    new LeaseAlarm(`${name}-lease`, { context, topicArn }, child);
    this.registerOutputs({});
  }
}
