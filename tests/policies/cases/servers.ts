import { resource, world } from "../world";
import { field, type Case } from "./case";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const SERVICE = "aws:ecs/service:Service";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const containers = (more: Record<string, unknown> = {}): string =>
  JSON.stringify([
    {
      name: "app",
      image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/trades@${DIGEST}`,
      user: "65532",
      readonlyRootFilesystem: true,
      ...more,
    },
  ]);

/** What runs as servers. */
export const serverCases: readonly Case[] = [
  {
    policy: "balancer-timing",
    good: world(
      resource(BALANCER, "balancer", { clientKeepAlive: 60 }),
      resource(TARGETS, "targets", {
        deregistrationDelay: 30,
        slowStart: 0,
        healthCheck: { enabled: true, interval: 5, timeout: 2, unhealthyThreshold: 2 },
      }),
    ),
    fields: [
      field("balancer", "clientKeepAlive", [3_600, undefined]),
      field("targets", "deregistrationDelay", [300, undefined]),
      field("targets", "slowStart", [30]),
      field("targets", "healthCheck.enabled", [false], { wrong: null }),
      field("targets", "healthCheck.interval", [30, undefined]),
      field("targets", "healthCheck.unhealthyThreshold", [10]),
      field("targets", "healthCheck.timeout", [25]),
      field("targets", "healthCheck", [undefined]),
    ],
  },
  {
    policy: "task-images",
    good: world(resource(TASK, "task", { containerDefinitions: containers() })),
    fields: [
      field("task", "containerDefinitions", [
        undefined,
        "[]",
        containers({ image: undefined }),
        containers({ image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/trades:v1" }),
        containers({ image: `123456789012.dkr.ecr.us-east-2.amazonaws.com/trades@${DIGEST}` }),
        containers({ image: `docker.io/library/trades@${DIGEST}` }),
      ]),
    ],
  },
  {
    policy: "task-roles",
    good: world(resource(TASK, "task", { taskRoleArn: "arn:task", executionRoleArn: "arn:start", containerDefinitions: containers() })),
    fields: [
      field("task", "taskRoleArn", ["arn:start", undefined]),
      field("task", "containerDefinitions", [
        undefined,
        containers({ user: undefined }),
        containers({ user: "root" }),
        containers({ user: "0:0" }),
        containers({ privileged: true }),
        containers({ readonlyRootFilesystem: false }),
        containers({ readonlyRootFilesystem: undefined }),
      ]),
    ],
  },
  {
    policy: "deployment-rollback",
    good: world(
      resource(SERVICE, "service", { deploymentCircuitBreaker: { enable: true, rollback: true }, deploymentMinimumHealthyPercent: 100 }),
    ),
    fields: [
      field("service", "deploymentCircuitBreaker", [undefined]),
      field("service", "deploymentCircuitBreaker.enable", [false, undefined]),
      field("service", "deploymentCircuitBreaker.rollback", [false, undefined]),
      field("service", "deploymentMinimumHealthyPercent", [50]),
    ],
  },
];
