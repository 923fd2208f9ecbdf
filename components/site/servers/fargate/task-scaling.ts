import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../../foundation/site-context";

export interface TaskScalingArgs {
  readonly context: SiteContext;
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
}

/** Seconds between two steps: out at once when it is needed, in when it was long not needed. */
const OUT_SECONDS = 60;
const IN_SECONDS = 300;

/** More tasks while the CPU of those that there are is above its target. Never fewer than the standing capacity, in either region. */
export function taskScaling(name: string, args: TaskScalingArgs, opts: pulumi.CustomResourceOptions): void {
  const { context, clusterName, serviceName } = args;
  const { minCount, maxCount, cpuTargetPercent } = context.settings.servers;
  const target = new aws.appautoscaling.Target(
    `${name}-count`,
    {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: pulumi.interpolate`service/${clusterName}/${serviceName}`,
      minCapacity: minCount,
      maxCapacity: maxCount,
    },
    opts,
  );
  new aws.appautoscaling.Policy(
    `${name}-cpu`,
    {
      name: siteName(context, ["service", "cpu"], 255),
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: cpuTargetPercent,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        scaleOutCooldown: OUT_SECONDS,
        scaleInCooldown: IN_SECONDS,
      },
    },
    opts,
  );
}
