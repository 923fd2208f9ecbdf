import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { resourceTags, siteName } from "../../../foundation/site-context";
import type { Metric, Missing } from "../../observability/alarm-shape";
import type { Fleet, FleetArgs } from "../fleet";
import { instanceRole } from "./instance-role";
import { launchTemplate } from "./launch-template";
import { serviceBundle } from "./service-bundle";

/** Seconds that an instance has, from its start, before a failed check counts: it installs and fetches what it runs. */
const GRACE_SECONDS = 180;
/** Seconds until an instance's CPU counts for the scaling. */
const WARM_UP_SECONDS = 120;
/** New instances come before old ones go: what stands is never less than what is asked for. */
const REPLACING = { minHealthyPercentage: 100, maxHealthyPercentage: 150 };
/** What the group is measured by; they cost nothing. */
const METRICS = [
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupMinSize",
  "GroupMaxSize",
  "GroupPendingInstances",
  "GroupTerminatingInstances",
  "GroupTotalInstances",
] as const;

/**
 * The trade service as instances of an Auto Scaling group, spread over the site's zones. The standby's stand as the primary's do: a failover starts
 * nothing. Other code or another image replaces them one after the other; if the new ones do not come up, AWS takes it back. Who does not answer the
 * load balancer is replaced.
 */
export class InstanceGroup extends pulumi.ComponentResource implements Fleet {
  readonly cpu: Metric;
  readonly count: Missing;
  readonly name: pulumi.Output<string>;
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: FleetArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:InstanceGroup", name, {}, opts);
    const child = { parent: this };
    const { context, subnetIds, securityGroupId, balancer, granted, artefacts, keyArn } = args;
    const { settings, site } = context;
    const { minCount, maxCount, cpuTargetPercent } = settings.servers;
    const named = siteName(context, ["service"], 255);
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/ec2/${named}`, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
      child,
    );
    const bundle = serviceBundle(name, artefacts, child);
    const role = instanceRole(`${name}-instance`, { context, artefacts, logGroupArn: logs.arn, permissions: granted.permissions }, child);
    const template = launchTemplate(
      name,
      { context, role, bundle, environment: granted.environment, logGroupName: logs.name, securityGroupId, keyArn },
      child,
    );
    const tags = { ...resourceTags(settings, site), Name: named };
    const group = new aws.autoscaling.Group(
      `${name}-group`,
      {
        name: named,
        minSize: minCount,
        maxSize: maxCount,
        vpcZoneIdentifiers: [...subnetIds],
        targetGroupArns: [balancer.targetGroup.arn],
        healthCheckType: "ELB",
        healthCheckGracePeriod: GRACE_SECONDS,
        defaultInstanceWarmup: WARM_UP_SECONDS,
        // By its number: AWS takes nothing back that names "the newest".
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        instanceRefresh: { strategy: "Rolling", preferences: { ...REPLACING, autoRollback: true, skipMatching: true } },
        instanceMaintenancePolicy: REPLACING,
        enabledMetrics: [...METRICS],
        metricsGranularity: "1Minute",
        // The first update waits until as many answer the load balancer.
        minElbCapacity: minCount,
        waitForCapacityTimeout: "15m",
        tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      {
        ...child,
        dependsOn: [balancer.listener],
        // How many there are is the scaling's business.
        ignoreChanges: ["desiredCapacity"],
      },
    );
    new aws.autoscaling.Policy(
      `${name}-cpu`,
      {
        name: siteName(context, ["service", "cpu"], 255),
        autoscalingGroupName: group.name,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
          targetValue: cpuTargetPercent,
        },
      },
      child,
    );
    this.cpu = {
      namespace: "AWS/EC2",
      metric: "CPUUtilization",
      dimensions: { AutoScalingGroupName: group.name },
      statistic: "Average",
    };
    const counted = (metric: (typeof METRICS)[number]): Metric => ({
      namespace: "AWS/AutoScaling",
      metric,
      dimensions: { AutoScalingGroupName: group.name },
      statistic: "Minimum",
    });
    this.count = { wanted: counted("GroupDesiredCapacity"), there: counted("GroupInServiceInstances") };
    this.name = group.name;
    this.version = pulumi.interpolate`${template.id} ${template.latestVersion}`;
    this.registerOutputs({ groupName: group.name });
  }
}
