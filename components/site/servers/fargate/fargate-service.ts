import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName } from "../../../foundation/site-context";
import type { Metric, Missing } from "../../observability/alarm-shape";
import type { Fleet, FleetArgs } from "../fleet";
import { CONTAINER, taskDefinition } from "./task-definition";
import { taskRoles } from "./task-roles";
import { taskScaling } from "./task-scaling";

/** Seconds that a task has before its first failed check counts. */
const GRACE_SECONDS = 30;

/**
 * The trade service as tasks of ECS on Fargate, spread over the site's zones. The standby's stand as the primary's do: a failover starts nothing. A
 * deployment that does not come up is taken back by ECS, and fails the update.
 */
export class FargateService extends pulumi.ComponentResource implements Fleet {
  readonly cpu: Metric;
  readonly count: Missing;
  readonly version: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: Required<FleetArgs>, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:FargateService", name, {}, opts);
    const child = { parent: this };
    const { context, subnetIds, securityGroupId, balancer, granted, keyArn, image } = args;
    const { settings } = context;
    const named = siteName(context, [CONTAINER], 255);
    const logGroup = (what: string, logName: string) =>
      new aws.cloudwatch.LogGroup(
        `${name}-${what}`,
        { name: logName, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
        child,
      );
    const logs = logGroup("logs", `/aws/ecs/${named}`);
    // Container Insights would make it itself, to be kept for ever.
    const insights = logGroup("insights", `/aws/ecs/containerinsights/${named}/performance`);
    const cluster = new aws.ecs.Cluster(
      `${name}-cluster`,
      { name: named, settings: [{ name: "containerInsights", value: "enhanced" }] },
      { ...child, dependsOn: [insights] },
    );
    const roles = taskRoles(name, { context, image, logGroupArn: logs.arn, permissions: granted.permissions }, child);
    const task = taskDefinition(name, { context, image, environment: granted.environment, roles, logGroupName: logs.name }, child);
    const service = new aws.ecs.Service(
      `${name}-service`,
      {
        name: named,
        cluster: cluster.arn,
        taskDefinition: task.arn,
        launchType: "FARGATE",
        platformVersion: "LATEST",
        desiredCount: settings.servers.minCount,
        networkConfiguration: { subnets: [...subnetIds], securityGroups: [securityGroupId], assignPublicIp: false },
        loadBalancers: [{ targetGroupArn: balancer.targetGroup.arn, containerName: CONTAINER, containerPort: settings.servers.port }],
        healthCheckGracePeriodSeconds: GRACE_SECONDS,
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        availabilityZoneRebalancing: "ENABLED",
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: true,
      },
      {
        ...child,
        dependsOn: [balancer.listener, roles.execution.policy, roles.task.policy],
        // How many there are is the scaling's business after the first day.
        ignoreChanges: ["desiredCount"],
      },
    );
    taskScaling(name, { context, clusterName: cluster.name, serviceName: service.name }, child);
    this.cpu = {
      namespace: "AWS/ECS",
      metric: "CPUUtilization",
      dimensions: { ClusterName: cluster.name, ServiceName: service.name },
      statistic: "Average",
    };
    const counted = (metric: string): Metric => ({
      namespace: "ECS/ContainerInsights",
      metric,
      dimensions: { ClusterName: cluster.name, ServiceName: service.name },
      statistic: "Minimum",
    });
    this.count = { wanted: counted("DesiredTaskCount"), there: counted("RunningTaskCount") };
    this.version = task.arn;
    this.name = cluster.name;
    this.registerOutputs({ clusterArn: cluster.arn });
  }
}
