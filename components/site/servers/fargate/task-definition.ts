import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RegionalImage } from "../../../foundation/service-image";
import { siteName, type SiteContext } from "../../../foundation/site-context";
import type { TaskRoles } from "./task-roles";

export interface TaskDefinitionArgs {
  readonly context: SiteContext;
  readonly image: RegionalImage;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly roles: TaskRoles;
  readonly logGroupName: pulumi.Input<string>;
}

export const CONTAINER = "service";
/** `nonroot` of the distroless images. */
const USER = "65532";
/** Seconds from SIGTERM to the end. The service drains in 25 (service/drain.ts). */
const STOP_SECONDS = 30;
/** Lines that CloudWatch does not take are kept so far, and then lost: a log that is away must not stop the trade. */
const LOG_BUFFER = "25m";

/**
 * A task is one container, which has no shell to enter, writes nowhere and is not root. It is told no secret: what it may know it reads by its role,
 * so that a key that changes needs no new task.
 */
export function taskDefinition(name: string, args: TaskDefinitionArgs, opts: pulumi.CustomResourceOptions): aws.ecs.TaskDefinition {
  const { context, image, environment, roles, logGroupName } = args;
  const { servers } = context.settings;
  const variables = { ...environment, SERVICE_VERSION: image.uri.apply((uri) => uri.slice(uri.indexOf("@") + 1)) };
  const container = {
    name: CONTAINER,
    image: image.uri,
    essential: true,
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    portMappings: [{ containerPort: servers.port, protocol: "tcp" }],
    // In order: AWS hands it back so, and a task definition that says the same is the same.
    environment: Object.entries<pulumi.Input<string>>(variables)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => ({ name: key, value })),
    stopTimeout: STOP_SECONDS,
    ulimits: [{ name: "nofile", softLimit: 65_536, hardLimit: 65_536 }],
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logGroupName,
        "awslogs-region": context.region,
        "awslogs-stream-prefix": CONTAINER,
        mode: "non-blocking",
        "max-buffer-size": LOG_BUFFER,
      },
    },
  };
  return new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family: siteName(context, [CONTAINER], 255),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(servers.taskCpu),
      memory: String(servers.taskMemory),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: servers.architecture === "arm64" ? "ARM64" : "X86_64" },
      executionRoleArn: roles.execution.role.arn,
      taskRoleArn: roles.task.role.arn,
      containerDefinitions: pulumi.jsonStringify([container]),
    },
    opts,
  );
}
