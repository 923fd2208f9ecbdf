import * as v from "valibot";
import { key, optionalKey, type Condition } from "../key";
import { checked, flag, integer, oneNumberOf, oneOf, text } from "../value";

/** The topologies that run servers behind a load balancer. */
export const SERVERS_COMPUTE = ["fargate", "autoscaling"] as const;
export const withServers: Condition = { key: "compute", is: SERVERS_COMPUTE };
export const withFunctions: Condition = { key: "compute", is: ["lambda"] };
const withTasks: Condition = { key: "compute", is: ["fargate"] };
const withInstances: Condition = { key: "compute", is: ["autoscaling"] };

/** Of each CPU that Fargate sells, in thousandths (1024 is one vCPU), the memory that goes with it, MiB: from, to, in steps of. */
const TASK_SIZES = {
  256: { from: 512, to: 2_048, step: 512 },
  512: { from: 1_024, to: 4_096, step: 1_024 },
  1024: { from: 2_048, to: 8_192, step: 1_024 },
  2048: { from: 4_096, to: 16_384, step: 1_024 },
  4096: { from: 8_192, to: 30_720, step: 1_024 },
  8192: { from: 16_384, to: 61_440, step: 4_096 },
  16384: { from: 32_768, to: 122_880, step: 8_192 },
} as const;
type TaskCpu = keyof typeof TASK_SIZES;

/** The smallest task has 512, 1024 or 2048 MiB, and no step between the last two. */
const NO_SUCH_MEMORY = { 256: [1_536] } as Readonly<Partial<Record<TaskCpu, readonly number[]>>>;

function fits(cpu: TaskCpu, memory: number): boolean {
  const { from, to, step } = TASK_SIZES[cpu];
  return memory >= from && memory <= to && (memory - from) % step === 0 && !(NO_SUCH_MEMORY[cpu] ?? []).includes(memory);
}

const memoryOf = (cpu: TaskCpu): string => {
  const { from, to, step } = TASK_SIZES[cpu];
  return cpu === 256 ? "512, 1024 or 2048" : `${from} to ${to} in steps of ${step}`;
};

/** A repository's name as ECR takes it, and a digest: a tag may mean another image tomorrow, or in the other region. */
const IMAGE = /^(?=[^@]{2,256}@)[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*@sha256:[0-9a-f]{64}$/;
/** What is a registry's host and not a folder of a repository. */
const REGISTRY = /^[^/@]*\.[^/@]*\//;

export const SERVERS = v.pipe(
  v.object({
    servers: v.pipe(
      v.object({
        minCount: key(integer(1, 500), {
          default: 2,
          what: "Servers that each region has at all times, the standby too. A failover starts none: together they must take all traffic of the peak.",
          onlyWith: withServers,
        }),
        maxCount: key(integer(1, 1_000), {
          default: 10,
          what: "Most servers that a region scales out to; not below servers.minCount.",
          onlyWith: withServers,
        }),
        cpuTargetPercent: key(integer(10, 90), {
          default: 50,
          what: "Average CPU of a region's servers that their number follows.",
          onlyWith: withServers,
        }),
        // A process that is not root can't listen below.
        port: key(integer(1_024, 32_767), {
          default: 8_080,
          what: "Port that a server listens on for the load balancer; it is told as PORT.",
          onlyWith: withServers,
        }),
        taskCpu: key(oneNumberOf(256, 512, 1024, 2048, 4096, 8192, 16384), {
          default: 1_024,
          what: "CPU of a Fargate task; 1024 is one vCPU.",
          onlyWith: withTasks,
        }),
        taskMemory: key(integer(512, 122_880), {
          default: 2_048,
          what: "Memory of a Fargate task, MiB, of those that go with servers.taskCpu.",
          onlyWith: withTasks,
        }),
        architecture: key(oneOf("arm64", "x86_64"), {
          default: "arm64",
          what: "What the image of a Fargate task is made for.",
          onlyWith: withTasks,
        }),
        image: optionalKey(
          checked(
            (image) => IMAGE.test(image) && !REGISTRY.test(image),
            "the name and digest of an image in this account's ECR, such as trades/service@sha256: and 64 hexadecimal digits, without a registry's host and without a tag",
          ),
          {
            what: "Image of a Fargate task instead of the one that is built from service/Dockerfile. Each region pulls it from its own registry, so both must have it.",
            onlyWith: withTasks,
          },
        ),
        ownsReplication: key(flag, {
          default: true,
          what: "Whether this stack sets the registry's replication to the standby region, of which an account and region has one. False where another stack does, or an image is given.",
          onlyWith: withTasks,
        }),
        instanceType: key(
          text(
            /^(t4g\.(medium|large|xlarge|2xlarge)|[cmr][678]g[dn]{0,2}\.(medium|large|\d{0,2}xlarge))$/,
            "a Graviton type of 2 GiB or more, such as c7g.large or t4g.medium",
          ),
          { default: "c7g.large", what: "Type of an instance of the Auto Scaling group.", onlyWith: withInstances },
        ),
        amiRelease: key(text(/^2023\.\d{1,2}\.20\d{6}\.\d{1,2}$/, "a release of Amazon Linux 2023, such as 2023.9.20251208.0"), {
          default: "2023.9.20251208.0",
          what: "Release of Amazon Linux 2023 that instances run, the same in both regions. Another one replaces them one after the other.",
          onlyWith: withInstances,
        }),
      }),
      v.forward(
        v.partialCheck(
          [["minCount"], ["maxCount"]],
          ({ minCount, maxCount }) => minCount <= maxCount,
          ({ input }) => `at least servers.minCount, which is ${input.minCount}`,
        ),
        ["maxCount"],
      ),
      v.forward(
        v.partialCheck(
          [["taskCpu"], ["taskMemory"]],
          ({ taskCpu, taskMemory }) => fits(taskCpu, taskMemory),
          ({ input }) => `${memoryOf(input.taskCpu)}, because servers.taskCpu is ${input.taskCpu}`,
        ),
        ["taskMemory"],
      ),
    ),
  }),
  v.title("Servers"),
);
