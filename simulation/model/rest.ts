/**
 * From a world at rest to the one in which the system has done its work: dead regions are back, a person starts the machine again where it
 * is needed, queues are drained, the reconciler runs its rounds. One schedule, the real code, the same rules as in the search.
 */
import { execution, processor, reconciler, sentinel, type Actor } from "./actors";
import { SENTINEL_TICK_MS } from "./invocations";
import type { Machine } from "./machine";
import { Replays } from "./replay";
import { stepsFrom, type Model, type State } from "./steps";
import { fenceOf, REGIONS, type Region, type World } from "./world";

/** Who starts the failover machine if the ledger is not with the lease's holder: a person, in either region, or the holder's sentinel. */
export type Starter = "a person at the holder" | "a person at the ledger" | "the holder's sentinel";
/** What may be started. */
export interface Machines {
  readonly failover: Machine;
  readonly switchover: Machine;
}
export const STARTERS: readonly Starter[] = ["a person at the holder", "a person at the ledger", "the holder's sentinel"];

const STEPS_AT_MOST = 400;
const ROUNDS = 8;

/** Runs `actor` until it has nothing to do: always the first thing that may happen, and of a promotion's ends the one that loses most. */
async function run(model: Model, actor: Actor, world: World, trace: string[]): Promise<World> {
  const alone: Model = { ...model, actors: [actor] };
  let state: State = { world, slots: [{ memory: await actor.initial() }], ghosts: [] };
  for (let step = 0; step < STEPS_AT_MOST; step++) {
    const steps = await stepsFrom(alone, state);
    // What the database has begun ends before the machine asks again.
    const ends = steps.filter(({ label }) => /is promoted|switched over/.test(label));
    const next = state.world.move
      ? ends.at(-1)
      : (steps.find(({ label }) => label.startsWith(actor.name)) ?? (model.ticking && steps.at(-1)));
    if (!next) return state.world;
    trace.push(next.label);
    state = next.state;
  }
  throw new Error(`${actor.name} does not come to an end:\n${trace.slice(-20).join("\n")}`);
}

/** What was left behind is a replica again, and what is under way in the database has ended. */
function healed(world: World): World {
  const copies = { ...world.copies };
  for (const region of REGIONS) if (copies[region].leftBehind) copies[region] = { takesWrites: false, leftBehind: false, log: [] };
  return { ...world, copies, dead: [], lingering: [], budget: { lostAnswers: 0, timeouts: 0, staleReads: 0, deaths: 0 } };
}

const isSettling = ({ lease, writer, copies }: World): boolean =>
  writer === lease.holder && copies[writer].takesWrites && fenceOf(copies[writer].log) === lease.epoch;

const NINE_TICKS = 9 * SENTINEL_TICK_MS;

/** Lets the holder's sentinel look for a run, with a limit that passes within it; answers the execution that it starts. */
async function startedBySentinel(
  model: Model,
  world: World,
  trace: string[],
): Promise<{ readonly kind: keyof Machines; readonly input: { readonly expectedEpoch: number } }> {
  const tuning = { ...model.system.tuning, leaseLimitMs: 2 * SENTINEL_TICK_MS };
  const timed: Model = {
    ...model,
    system: { ...model.system, tuning },
    replays: new Replays(),
    ticking: { tickMs: SENTINEL_TICK_MS, horizonMs: NINE_TICKS },
  };
  const { executions } = await run(timed, sentinel(world.lease.holder, 1), world, trace);
  const [, kind, epoch] = /(failover|switchover)-(\d+)$/.exec(executions.find((name) => !world.executions.includes(name)) ?? "") ?? [];
  if (epoch === undefined) throw new Error(`the sentinel starts nothing, and the ledger does not follow the lease:\n${trace.join("\n")}`);
  return { kind: kind as keyof Machines, input: { expectedEpoch: Number(epoch) - 1 } };
}

/** The world after recovery; what was done is added to `trace`. */
export async function recovered(model: Model, machines: Machines, start: World, starter: Starter, trace: string[]): Promise<World> {
  let world = healed(start);
  trace.push("— everything that failed works again —");
  const still: Model = { actors: [], system: model.system, replays: model.replays };
  if (!isSettling(world)) {
    const at: Region = starter === "a person at the ledger" ? world.writer : world.lease.holder;
    const bySentinel = starter === "the holder's sentinel" ? await startedBySentinel(still, world, trace) : undefined;
    const { kind, input } = bySentinel ?? { kind: "failover" as const, input: {} };
    world = await run(still, execution(`${starter}'s ${kind} ${at}`, at, machines[kind], input), world, trace);
    world = healed(world);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const region of REGIONS) world = await run(still, processor(region, 4), world, trace);
    world = await run(still, reconciler(world.lease.holder, 1), world, trace);
  }
  return world;
}
