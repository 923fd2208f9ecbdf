/** Reads a region's servers and their load balancer from what the program registered. Pure. */
import type { ServersWiring } from "../region/servers/wiring";
import type { Registered } from "../types";
import { isPlain, member, members, optionalNumber, optionalText, text, type Plain } from "./values";

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
  return service && tasksOf(service, here);
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
