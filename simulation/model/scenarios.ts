/** Who meets whom, within which bounds. Each scenario is explored to its end. */
import { machines } from "../machines";
import { client, execution, processor, reconciler, sentinel, type Actor } from "./actors";
import type { Scenario } from "./explore";
import { SENTINEL_TICK_MS, TUNING } from "./invocations";
import { Machine } from "./machine";
import { Replays } from "./replay";
import { SERVICES } from "./services";
import type { System } from "./steps";
import { firstWorld, type Lingering, type Region, type World } from "./world";

// Counters stand still here: how often the machine looks after the name makes no difference.
const MACHINES = machines(60);
const FAILOVER = new Machine(MACHINES.failover);
const SWITCHOVER = new Machine(MACHINES.switchover);

/** The system as it is. */
export const REAL: System = { services: SERVICES, tuning: TUNING };

const failover = (region: Region, expectedEpoch: number): Actor =>
  execution(`failover ${region}`, region, FAILOVER, { expectedEpoch, trigger: "sentinel" });
const switchover = (region: Region, expectedEpoch: number): Actor =>
  execution(`switchover ${region}`, region, SWITCHOVER, { expectedEpoch, trigger: "operator" });
/** A person's start, who names no epoch. */
const byHand = (region: Region): Actor => execution(`failover by hand ${region}`, region, FAILOVER, { trigger: "operator" });

type Bounds = Pick<Scenario, "model" | "first" | "machines" | "statesAtMost">;
const bounds = (system: System, actors: readonly Actor[], budget: Partial<World["budget"]> = {}): Bounds => ({
  model: { actors, system, replays: new Replays() },
  first: firstWorld(budget),
  machines: { failover: FAILOVER, switchover: SWITCHOVER },
  statesAtMost: 400_000,
});

/** Both sentinels, a tick at a time; west's starts a failover when it sees fit. */
function watched(system: System, horizonMs: number, budget: Partial<World["budget"]>): Bounds {
  const machine = execution("failover west", "west", FAILOVER, { expectedEpoch: 1 }, "west failover-2");
  const untimed = bounds(system, [sentinel("east", 9), sentinel("west", 9), machine], budget);
  return { ...untimed, machines: undefined, model: { ...untimed.model, ticking: { tickMs: SENTINEL_TICK_MS, horizonMs } } };
}

const startsNothing = (before: World, after: World): string[] =>
  after.executions.length > before.executions.length ? [`${after.executions.join()} was started, and the holder renews`] : [];

export const SCENARIOS = {
  "a failover, and a function frozen anywhere": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 1), failover("west", 1), processor("west", 1)], { timeouts: 1 }),
  "a failover, and an answer lost anywhere": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 1), failover("west", 1), processor("west", 1)], { lostAnswers: 1 }),
  "two trades, and a region that dies": (system) =>
    bounds(system, [client("a", ["east", "west"]), client("b", ["west", "east"]), processor("east", 1), failover("west", 1)], {
      deaths: 1,
    }),
  "two trades in one queue": (system) =>
    bounds(system, [client("a", ["east"]), client("b", ["east"]), processor("east", 1), failover("west", 1), processor("west", 1)]),
  "two processors, a reconciler, an index that is behind": ({ services, tuning }) =>
    // A doubt outlasts what an index may be behind.
    bounds(
      { services, tuning: { ...tuning, doubtOpenMs: 1 } },
      [client("a", ["east"]), processor("east", 1), processor("east", 1, 2), failover("west", 1), reconciler("west", 1)],
      {
        staleReads: 1,
      },
    ),
  "two orchestrators, one against the other": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 1), failover("west", 1), byHand("east")]),
  "a failover back before the first is over": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 1), failover("west", 1), failover("east", 2)]),
  "a graceful move that dies after its hand-over": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 1), switchover("west", 1)]),
  "switchover while the failover is under way": (system) =>
    bounds(system, [client("a", ["east"]), processor("east", 2), failover("west", 1), switchover("east", 2)]),
  "a writer that was away comes back under the same epoch": (system) => {
    const { first, ...rest } = bounds(system, [client("a", ["east"]), client("b", ["east"]), processor("east", 2)]);
    // Two calls of long ago, each of which takes the writer to its own region, whenever it lands.
    const late = (region: Region): Lingering => ({
      actor: `a stale promotion ${region}`,
      region,
      epoch: 0,
      service: "database",
      method: "failoverToHere",
      args: [],
    });
    return { ...rest, first: { ...first, lingering: [late("west"), late("east")] } };
  },
  "the holder renews: an answer lost anywhere costs no lease": (system) => ({
    ...watched(system, 30_000, { lostAnswers: 1 }),
    wrongInStep: startsNothing,
  }),
  "the holder is dead: the other takes the lease in time": (system) => {
    const { first, ...rest } = watched(system, 40_000, { lostAnswers: 1 });
    const late = ({ lease }: World): string[] => (lease.holder === "west" ? [] : ["nobody has taken the dead holder's lease"]);
    return { ...rest, first: { ...first, dead: ["east"] }, wrongAtRest: late };
  },
  "the lease moves while both sentinels are at work": (system) => {
    const { model, ...rest } = watched(system, 10_000, {});
    const [east, west] = model.actors as [Actor, Actor];
    return { ...rest, model: { ...model, actors: [east, west, byHand("west")] } };
  },
} satisfies Record<string, (system: System) => Bounds & Partial<Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

export const scenarioNamed = (name: ScenarioName, system: System = REAL): Scenario => ({ name, ...SCENARIOS[name](system) });
