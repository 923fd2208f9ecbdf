/** What a stack costs a month while nobody trades: what stands, read from what the program registers. Pure. */
import type { Registration } from "../diagram/graph";
import { AURORA_CLASS_HOUR, GB_SECOND, HOUR, HOURS, INSTANCE_HOUR, MONTH } from "./prices";

export interface Line {
  readonly what: string;
  readonly count: number;
  /** US dollars a month, of all of them. */
  readonly dollars: number;
}

type Inputs = Registration["inputs"];

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const record = (value: unknown): Inputs => (typeof value === "object" && value !== null ? (value as Inputs) : {});
const number = (value: unknown, key: string): number => {
  if (typeof value !== "number" && typeof value !== "string") throw new Error(`${key} is not told`);
  return Number(value);
};

function priceOf(table: Readonly<Record<string, number>>, name: unknown): number {
  const price = table[String(name)];
  if (price === undefined) throw new Error(`the price list has no ${String(name)}; scripts/cost/prices.ts is where it goes`);
  return price;
}

/** A run of the sentinel lasts two minutes and one begins each minute: so many seconds are paid for in each second. */
const SENTINELS_AT_ONCE = 2;
const KB = 1024;

/** Who costs something by standing, and how much, by type. The world is what else is registered. */
const STANDING: Readonly<Record<string, (inputs: Inputs, world: readonly Registration[]) => Omit<Line, "count">>> = {
  "rds/clusterInstance:ClusterInstance": ({ instanceClass, clusterIdentifier }, world) => {
    if (instanceClass !== "db.serverless")
      return { what: `Aurora instance, ${String(instanceClass)}`, dollars: priceOf(AURORA_CLASS_HOUR, instanceClass) * HOURS };
    const cluster = world.find(({ type, id }) => type.endsWith(":Cluster") && id === clusterIdentifier);
    const { minCapacity } = record(cluster?.inputs.serverlessv2ScalingConfiguration);
    const units = number(minCapacity, "minCapacity");
    return { what: `Aurora serverless instance at its least, ${units} units`, dollars: units * HOUR.auroraCapacityUnit * HOURS };
  },
  "ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType, subnetIds }) =>
    vpcEndpointType === "Interface"
      ? { what: "Interface endpoint, over its zones", dollars: list(subnetIds).length * HOUR.interfaceEndpointAndZone * HOURS }
      : { what: "Gateway endpoint", dollars: 0 },
  "ec2/natGateway:NatGateway": () => ({ what: "NAT gateway", dollars: HOUR.natGateway * HOURS }),
  "ec2/eip:Eip": () => ({ what: "Public address of a NAT gateway", dollars: HOUR.publicAddress * HOURS }),
  "lb/loadBalancer:LoadBalancer": ({ subnets }) => ({
    what: "Load balancer, with a public address a zone",
    dollars: (HOUR.loadBalancer + list(subnets).length * HOUR.publicAddress) * HOURS,
  }),
  "ecs/service:Service": ({ desiredCount, taskDefinition }, world) => {
    const task = world.find(({ arn }) => arn === taskDefinition)?.inputs ?? {};
    const arm = record(task.runtimePlatform).cpuArchitecture !== "X86_64";
    const cpu = number(task.cpu, "cpu") / KB;
    const gb = number(task.memory, "memory") / KB;
    const hour = arm ? cpu * HOUR.fargateArmCpu + gb * HOUR.fargateArmGb : cpu * HOUR.fargateX86Cpu + gb * HOUR.fargateX86Gb;
    const tasks = number(desiredCount, "desiredCount");
    return { what: `${tasks} Fargate tasks, ${cpu} vCPU and ${gb} GB each`, dollars: tasks * hour * HOURS };
  },
  "autoscaling/group:Group": ({ minSize, launchTemplate }, world) => {
    const template = world.find(({ id }) => id === record(launchTemplate).id)?.inputs ?? {};
    const type = String(template.instanceType);
    const gigabytes = number(record(record(list(template.blockDeviceMappings)[0]).ebs).volumeSize, "volumeSize");
    const count = number(minSize, "minSize");
    return {
      what: `${count} instances, ${type} with ${gigabytes} GB`,
      dollars: count * (priceOf(INSTANCE_HOUR, type) * HOURS + gigabytes * MONTH.volumeGb),
    };
  },
  "kms/key:Key": () => ({ what: "Key", dollars: MONTH.key }),
  "kms/replicaKey:ReplicaKey": () => ({ what: "Key", dollars: MONTH.key }),
  "secretsmanager/secret:Secret": ({ replicas }) => ({
    what: "Secret, with its copies",
    dollars: (1 + list(replicas).length) * MONTH.secretAndReplica,
  }),
  "cloudwatch/metricAlarm:MetricAlarm": ({ metricQueries }) => ({
    what: "Alarm, by the metrics that it looks at",
    dollars: Math.max(1, list(metricQueries).filter((query) => record(query).metric !== undefined).length) * MONTH.alarmMetric,
  }),
  "cloudwatch/compositeAlarm:CompositeAlarm": () => ({ what: "Composite alarm", dollars: MONTH.compositeAlarm }),
  "cloudwatch/dashboard:Dashboard": () => ({ what: "Dashboard", dollars: MONTH.dashboard }),
  "route53/zone:Zone": () => ({ what: "Hosted zone", dollars: MONTH.hostedZone }),
  "route53/healthCheck:HealthCheck": ({ type, requestInterval }) => ({
    what: "Health check",
    dollars: MONTH.healthCheck + (type === "HTTPS" ? MONTH.healthCheckOption : 0) + (requestInterval === 10 ? MONTH.healthCheckOption : 0),
  }),
  "wafv2/webAcl:WebAcl": ({ rules }) => ({ what: "Web ACL", dollars: MONTH.webAcl + list(rules).length * MONTH.webAclRule }),
};

const kindOf = (type: string): string => type.replace(/^aws:/, "");

/** A sentinel is never not running. */
function sentinels(all: readonly Registration[]): readonly Line[] {
  const running = all.filter(({ type, name }) => type === "aws:lambda/function:Function" && name.endsWith("-sentinel-function"));
  const gigabytes = running.reduce((sum, { inputs }) => sum + number(inputs.memorySize, "memorySize") / KB, 0);
  return [
    {
      what: "Sentinel, two runs at once all the time",
      count: running.length,
      dollars: gigabytes * SENTINELS_AT_ONCE * HOURS * 3_600 * GB_SECOND,
    },
  ];
}

/** Lines of the same kind are one, the dearest first. What costs nothing by standing has none. */
export function standing(all: readonly Registration[]): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { type, inputs } of all) {
    const found = STANDING[kindOf(type)]?.(inputs, all);
    if (found === undefined || found.dollars === 0) continue;
    const before = lines.get(found.what) ?? { what: found.what, count: 0, dollars: 0 };
    lines.set(found.what, { ...before, count: before.count + 1, dollars: before.dollars + found.dollars });
  }
  return [...lines.values(), ...sentinels(all)].sort((one, other) => other.dollars - one.dollars);
}
