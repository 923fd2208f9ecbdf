/** Who acts in the model: each actor starts one invocation after the other and draws its consequences. */
import type { Invocation } from "./invocations";
import type { Machine, Standing } from "./machine";
import type { Ended } from "./replay";
import { sorted, withMessages } from "./services";
import type { Region, World } from "./world";

export interface Begin {
  readonly label: string;
  readonly world: World;
  readonly memory: unknown;
  readonly invocation: Invocation;
  /** Where the invocation runs. */
  readonly region: Region;
}
export interface Consequence {
  readonly label: string;
  readonly world: World;
  readonly memory: unknown;
}

/** What an actor remembers between two invocations is plain data, so that equal memories are equal states. */
export interface Actor {
  readonly name: string;
  /** Its home: when this region dies, the actor does nothing more. Undefined: lives outside of both. */
  readonly region?: Region;
  initial(): Promise<unknown>;
  /** What it may begin in this world; each a step of its own. */
  begins(world: World, memory: never): readonly Begin[];
  /** What may follow from the end of its invocation; more than one where it has a choice. */
  ends(world: World, memory: never, ended: Ended): Promise<readonly Consequence[]>;
}

/** Sends one trade, to one region after the other until it hears 202. */
export function client(trade: string, regions: readonly Region[]): Actor {
  return {
    name: `client of ${trade}`,
    initial: async () => regions,
    begins: (world, left: readonly Region[]) =>
      left.slice(0, 1).map((region) => ({
        label: `sends ${trade} to ${region}`,
        world,
        memory: left.slice(1),
        invocation: { fn: "intake", payload: { trade } },
        region,
      })),
    ends: async (world, left: readonly Region[], ended) => {
      if (!("value" in ended) || ended.value !== 202) return [{ label: "hears no 202", world, memory: left }];
      return [{ label: "hears 202", world: { ...world, promised: sorted([...world.promised, trade]) }, memory: [] }];
    },
  };
}

interface Deliveries {
  readonly left: number;
  readonly holds: readonly string[];
}

/** The function behind a region's queue: takes what is there, all or one; what fails comes back. */
export function processor(region: Region, deliveries: number, nth = 1): Actor {
  return {
    name: `processor ${nth} ${region}`,
    region,
    initial: async (): Promise<Deliveries> => ({ left: deliveries, holds: [] }),
    begins: (world, { left }: Deliveries) => {
      const waiting = world.queues[region];
      if (left === 0 || waiting.length === 0) return [];
      const batches = waiting.length === 1 ? [waiting] : [waiting, ...waiting.map((id) => [id])];
      return batches.map((batch) => ({
        label: `takes ${batch.join(", ")} from the queue`,
        world: { ...world, queues: { ...world.queues, [region]: waiting.filter((id) => !batch.includes(id)) } },
        memory: { left: left - 1, holds: batch } satisfies Deliveries,
        invocation: { fn: "processor", payload: { trades: batch } },
        region,
      }));
    },
    ends: async (world, { left, holds }: Deliveries, ended) => {
      const again = "value" in ended ? (ended.value as string[]) : holds;
      const label = again.length > 0 ? `leaves ${again.join(", ")} in the queue` : "deletes its messages";
      return [{ label, world: withMessages(world, region, again), memory: { left, holds: [] } satisfies Deliveries }];
    },
  };
}

/** The scheduled reconciler of a region. */
export function reconciler(region: Region, runs: number): Actor {
  return {
    name: `reconciler ${region}`,
    region,
    initial: async () => runs,
    begins: (world, left: number) =>
      left === 0 ? [] : [{ label: "starts", world, memory: left - 1, invocation: { fn: "reconciler", payload: {} }, region }],
    ends: async (world, left: number, ended) => [{ label: `ends: ${JSON.stringify(ended)}`, world, memory: left }],
  };
}

/** The sentinel's runs, one after the other. */
export function sentinel(region: Region, runs: number): Actor {
  return {
    name: `sentinel ${region}`,
    region,
    initial: async () => runs,
    begins: (world, left: number) =>
      left === 0 ? [] : [{ label: "starts a run", world, memory: left - 1, invocation: { fn: "sentinel", payload: {} }, region }],
    ends: async (world, left: number) => [{ label: "ends its run", world, memory: left }],
  };
}

/** An execution of a registered state machine. With `execution`, it starts once a sentinel has started one of that name. */
export function execution(name: string, region: Region, machine: Machine, input: Readonly<Record<string, unknown>>, named?: string): Actor {
  const called = (standing: Standing): string => ("call" in standing ? JSON.stringify(standing.call.payload) : standing.end);
  return {
    name,
    region,
    initial: () => machine.start(input),
    begins: (world, standing: Standing) => {
      if (!("call" in standing) || (named !== undefined && !world.executions.includes(named))) return [];
      return [{ label: `${standing.state} ${called(standing)}`, world, memory: standing, invocation: standing.call, region }];
    },
    ends: async (world, standing: Standing, ended) => {
      if (!("call" in standing)) throw new Error("a machine that has ended called nothing");
      if ("value" in ended) {
        const next = await machine.returned(standing.at, ended.value);
        return [{ label: `${standing.state} returned ${JSON.stringify(ended.value)}`, world, memory: next }];
      }
      const again = { label: `${standing.state} failed and is tried again`, world, memory: standing };
      // One that the sentinel has started and that has failed, it starts again under the next name in the row.
      if (named !== undefined) return [again];
      return [again, { label: `${standing.state} failed for good`, world, memory: await machine.gaveUp(standing.at) }];
    },
  };
}
