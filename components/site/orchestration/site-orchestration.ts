import * as pulumi from "@pulumi/pulumi";
import type { WorkFunctions } from "../compute/site-functions";
import type { SiteMessaging } from "../messaging/site-messaging";
import type { SiteContext } from "../../foundation/site-context";
import { Schedules } from "./schedules";
import { UnheardEndings } from "./unheard-endings";
import { StateMachines } from "./state-machines";

export interface SiteOrchestrationArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
  readonly messaging: SiteMessaging;
  readonly functions: WorkFunctions["functions"];
}

/** The machines that move the activity to this region, and what starts by the clock. */
export class SiteOrchestration extends pulumi.ComponentResource {
  readonly machines: StateMachines["machines"];

  constructor(name: string, { context, keyArn, messaging, functions }: SiteOrchestrationArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteOrchestration", name, {}, opts);
    const child = { parent: this };
    const { bus } = messaging.bus;
    const bindings = {
      leaseStep: functions["lease-step"].arn,
      databaseStep: functions["database-step"].arn,
      reconciler: functions.reconciler.arn,
      validator: functions.validator.arn,
      readiness: functions.readiness.arn,
      parity: functions.parity.arn,
      topicArn: messaging.notifications.topic.arn,
      busName: bus.name,
    };
    this.machines = new StateMachines(`${name}-machines`, { context, busArn: bus.arn, keyArn, bindings }, child).machines;
    const stateMachineArns = Object.values(this.machines).map(({ arn }) => arn);
    new UnheardEndings(`${name}-endings`, { context, notifications: messaging.notifications, stateMachineArns }, child);
    new Schedules(
      `${name}-schedules`,
      {
        context,
        keyArn,
        sentinelArn: functions.sentinel.arn,
        reconcilerArn: functions.reconciler.arn,
        readinessArn: this.machines.readiness.arn,
      },
      child,
    );
    this.registerOutputs({});
  }
}
