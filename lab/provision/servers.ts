/** Reads a region's servers and their load balancer from what the program registered. Pure. */
import type { ServersWiring } from "../region/servers/wiring";
import type { Registered } from "../types";
import { isPlain, member, members, optionalNumber, optionalText, text, texts, type Plain } from "./values";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";
const ROLE = "aws:iam/role:Role";
const SERVICE = "aws:ecs/service:Service";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

/** The servers of one region, with the role that each of them has. */
export type RegisteredServers = Omit<ServersWiring, "environment"> & {
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** Undefined: the region has none, or they are not registered yet. */
export function serversOf(all: readonly Registered[], region: string): RegisteredServers | undefined {
  const here = all.filter((one) => one.region === region);
  const service = here.find(({ type }) => type === SERVICE);
  if (service !== undefined) return tasksOf(service, here);
  const group = here.find(({ type }) => type === GROUP);
  return group && instancesOf(group, here);
}

const byArn = (here: readonly Registered[], type: string, arn: unknown): Registered => {
  const found = here.find((one) => one.type === type && (one.state["arn"] === arn || one.id === arn));
  if (found === undefined) throw new Error(`no ${type} is registered as ${String(arn)}`);
  return found;
};

/** ECS's defaults where the program says nothing. */
function tasksOf({ inputs, state }: Registered, here: readonly Registered[]): RegisteredServers {
  const definition = byArn(here, TASK, inputs["taskDefinition"]);
  const [balanced = {}] = members(inputs, "loadBalancers");
  const container = containerOf(definition.inputs, optionalText(balanced, "containerName"));
  return {
    kind: "task",
    name: text(state, "name"),
    count: optionalNumber(inputs, "desiredCount") ?? 1,
    environment: Object.fromEntries(members(container, "environment").map((one) => [text(one, "name"), optionalText(one, "value") ?? ""])),
    stopSeconds: optionalNumber(container, "stopTimeout") ?? 30,
    graceSeconds: optionalNumber(inputs, "healthCheckGracePeriodSeconds") ?? 0,
    balancer: balancerOf(byArn(here, TARGETS, balanced["targetGroupArn"]), here),
    roleArn: text(definition.inputs, "taskRoleArn"),
  };
}

/** An instance runs one unit under systemd; its user data, which is not run here, holds the unit and the unit's environment file. */
function instancesOf({ inputs, state }: Registered, here: readonly Registered[]): RegisteredServers {
  const template = byArn(here, TEMPLATE, member(inputs, "launchTemplate")["id"]).inputs;
  const script = Buffer.from(text(template, "userData"), "base64").toString("utf8");
  const profile = byArn(here, PROFILE, member(template, "iamInstanceProfile")["arn"]);
  const role = here.find((one) => one.type === ROLE && one.state["name"] === profile.inputs["role"]);
  const [targets] = texts(inputs, "targetGroupArns");
  return {
    kind: "instance",
    name: text(state, "name"),
    count: optionalNumber(inputs, "desiredCapacity") ?? optionalNumber(inputs, "minSize") ?? 0,
    environment: environmentOf(script),
    stopSeconds: secondsOf(script, "TimeoutStopSec"),
    graceSeconds: optionalNumber(inputs, "healthCheckGracePeriod") ?? 300,
    restartSeconds: secondsOf(script, "RestartSec"),
    balancer: balancerOf(byArn(here, TARGETS, targets), here),
    roleArn: text(role?.state ?? {}, "arn"),
  };
}

/** Lines `NAME="value"` of the file that systemd reads, with C's escapes. */
function environmentOf(script: string): Record<string, string> {
  const [, file] = /^EnvironmentFile=(\S+)$/m.exec(script) ?? [];
  const files = [...script.matchAll(/^cat > (\S+) <<'(\w+)'\n([\s\S]*?)\n\2$/gm)];
  const [, , , lines = ""] = files.find(([, path]) => path === file) ?? [];
  const found = [...lines.matchAll(/^(\w+)="(.*)"$/gm)];
  if (found.length === 0) throw new Error("the launch template's user data writes no environment file for its unit");
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value.replace(/\\(.)/g, "$1")]));
}

/** A time of the unit, in seconds. */
function secondsOf(script: string, setting: string): number {
  const [, seconds] = new RegExp(`^${setting}=(\\d+)$`, "m").exec(script) ?? [];
  if (seconds === undefined) throw new Error(`the launch template's user data has no unit with ${setting}`);
  return Number(seconds);
}

function containerOf(definition: Plain, name: string | undefined): Plain {
  const given = definition["containerDefinitions"];
  const containers: unknown = typeof given === "string" ? JSON.parse(given) : given;
  const found = (Array.isArray(containers) ? containers : []).filter(isPlain).find((one) => name === undefined || one["name"] === name);
  if (found === undefined) throw new Error(`the task definition has no container ${name ?? ""}`);
  return found;
}

/** The load balancer's own defaults where the program says nothing. */
function balancerOf({ inputs }: Registered, here: readonly Registered[]): ServersWiring["balancer"] {
  const check = member(inputs, "healthCheck");
  const balancer = here.find(({ type }) => type === BALANCER);
  return {
    check: {
      path: optionalText(check, "path") ?? "/",
      intervalSeconds: optionalNumber(check, "interval") ?? 30,
      timeoutSeconds: optionalNumber(check, "timeout") ?? 5,
      healthyThreshold: optionalNumber(check, "healthyThreshold") ?? 5,
      unhealthyThreshold: optionalNumber(check, "unhealthyThreshold") ?? 2,
      matcher: optionalText(check, "matcher") ?? "200",
    },
    algorithm: inputs["loadBalancingAlgorithmType"] === "least_outstanding_requests" ? "least_outstanding_requests" : "round_robin",
    deregistrationSeconds: Number(inputs["deregistrationDelay"] ?? 300),
    idleSeconds: optionalNumber(balancer?.inputs ?? {}, "idleTimeout") ?? 60,
  };
}
