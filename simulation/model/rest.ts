/**
 * From a world at rest to the one in which the system has done its work: dead regions are back, a person starts the machine again where it
 * is needed, queues are drained, the reconciler runs its rounds. One schedule, the real code, the same rules as in the search.
 */
import { execution, processor, reconciler, type Actor } from "./actors";
import type { Machine } from "./machine";
import { stepsFrom, type Model, type State } from "./steps";
import { fenceOf, REGIONS, type Region, type World } from "./world";

/** Where a person starts the failover machine if the ledger is not with the lease's holder. */
export type Operator = "at the holder" | "at the ledger";
export const OPERATORS: readonly Operator[] = ["at the holder", "at the ledger"];

const STEPS_AT_MOST = 400;
const ROUNDS = 8;

/** Runs `actor` until it has nothing to do: always the first thing that may happen, and of a promotion's ends the one that loses most. */
async function run(model: Model, actor: Actor, world: World, trace: string[]): Promise<World> {
  const alone: Model = { ...model, actors: [actor] };
  let state: State = { world, slots: [{ memory: await actor.initial() }], ghosts: [] };
  for (let step = 0; step < STEPS_AT_MOST; step++) {
    const steps = await stepsFrom(alone, state);
    const database = steps.filter(({ label }) => label.startsWith("database"));
    const own = steps.filter(({ label }) => label.startsWith(actor.name));
    // What the database has begun ends before the machine asks again.
    const next = state.world.move
      ? database.at(-1 - (database.length > 1 && state.world.copies[state.world.writer].leftBehind ? 1 : 0))
      : own[0];
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

/** The world after recovery; what was done is added to `trace`. */
export async function recovered(model: Model, failover: Machine, start: World, operator: Operator, trace: string[]): Promise<World> {
  let world = healed(start);
  trace.push("— everything that failed works again —");
  const still: Model = { actors: [], system: model.system, replays: model.replays };
  if (!isSettling(world)) {
    const at: Region = operator === "at the holder" ? world.lease.holder : world.writer;
    world = await run(still, execution(`operator's failover ${at}`, at, failover, {}), world, trace);
    world = healed(world);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const region of REGIONS) world = await run(still, processor(region, 4), world, trace);
    world = await run(still, reconciler(world.lease.holder, 1), world, trace);
  }
  return world;
}
