import * as pulumi from "@pulumi/pulumi";
import type { SiteCompute } from "../compute/site-compute";
import type { SiteData } from "../data/site-data";
import type { SiteMessaging } from "../messaging/site-messaging";
import type { SiteOrchestration } from "../orchestration/site-orchestration";
import type { SiteContext } from "../../foundation/site-context";
import type { WatchedServers } from "./alarm-shape";
import { receiversOf } from "../notices/receivers";
import { SiteNotices } from "../notices/site-notices";
import { SiteAlarms } from "./site-alarms";
import { WakeSentinel } from "./wake-sentinel";

export interface SiteObservabilityArgs {
  readonly context: SiteContext;
  /** The region's key. */
  readonly keyArn: pulumi.Input<string>;
  readonly data: SiteData;
  readonly messaging: SiteMessaging;
  readonly compute: SiteCompute;
  readonly orchestration: SiteOrchestration;
  /** None where functions answer. */
  readonly servers?: WatchedServers;
}

/** Alarms of this region that its sentinel is woken by: the lease is in danger, or nobody started a sentinel. */
const WAKING = ["lease-not-renewed", "sentinel-silent"];

/** What watches the region's parts and tells people. */
export class SiteObservability extends pulumi.ComponentResource {
  /** Physical names of the site's alarms. */
  readonly alarmNames: SiteAlarms["names"];

  constructor(name: string, args: SiteObservabilityArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteObservability", name, {}, opts);
    const child = { parent: this };
    const { context, keyArn, data, messaging, compute, orchestration, servers } = args;
    const { failover, switchover } = orchestration.machines;
    const topicArn = messaging.notifications.topic.arn;
    const { names, told } = new SiteAlarms(
      `${name}-alarms`,
      {
        context,
        topicArn,
        working: { ...compute.settling, ...compute.working },
        clusterIdentifier: data.ledger.cluster.clusterIdentifier,
        servers,
        moves: { failover: failover.arn, switchover: switchover.arn },
      },
      child,
    );
    this.alarmNames = names;
    const busName = messaging.bus.bus.name;
    const receivers = receiversOf(context.settings);
    if (receivers.length > 0) {
      const deadLettersArn = messaging.notifications.deadLetters.arn;
      new SiteNotices(`${name}-notices`, { context, receivers, alarms: told, busName, deadLettersArn }, child);
    }
    const { sentinel } = compute.working;
    const alarmNames = WAKING.flatMap((alarm) => names[alarm] ?? []);
    new WakeSentinel(`${name}-wake`, { context, sentinel, busName, keyArn, alarmNames }, child);
    this.registerOutputs({});
  }
}
