import { GOALS, judgeTimes, settlementGoalMs, unrest, type Sight } from "./checkers/liveness";
import { Findings } from "./checkers/record";
import { Safety } from "./checkers/safety";
import { inflict } from "./faults/inflict";
import type { Climate } from "./faults/climate";
import { familyNamed } from "./faults/families";
import { HARMLESS, type Fault } from "./faults/kinds";
import { plan, type Plan } from "./faults/plan";
import { hook } from "./kernel/hook";
import { Random } from "./kernel/random";
import { Person } from "./person";
import { PRIMARY, STANDBY, urlOf } from "./settings";
import { Traders } from "./traffic/traders";
import { World, type Program } from "./world";

export interface Result {
  readonly seed: number;
  readonly violations: readonly { readonly at: number; readonly rule: string; readonly what: string }[];
  readonly faults: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly settled: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly planned: readonly Fault[];
  readonly habits: Climate;
  /** No person starts a failed machine again. */
  readonly unattended: boolean;
  /** Pairs of a fault and a step of the system that it met: "kind|step". */
  readonly met: readonly string[];
  readonly trace?: readonly string[];
}

/** After the last fault, the system has this long to come to rest. */
const REST_WITHIN_MS = 900_000;
/** A message that nobody can settle is delivered ten times, each after its visibility, before it is a dead letter. */
const DEAD_WITHIN_MS = 2_700_000;
const LOOK_MS = 2_000;
/** It must stay at rest for so long: more than one renewal of the lease. */
const STILL_MS = 6_000;

/** Which faults come about: all that the seed plans, some of them by their index, others, or those of a family. */
export interface Choice {
  readonly chosen?: readonly number[];
  readonly faults?: readonly Fault[];
  /** By its name. */
  readonly family?: string;
}

/** The same world and trades for a seed always; the faults may be fewer, to find those that matter. */
export async function runSeed(seed: number, program: Program, traced: boolean, choice: Choice = {}): Promise<Result> {
  const planned = planOf(seed, choice);
  const leaseLengthMs = program.rto.leaseLengthSeconds * 1000;
  let world: World | undefined = undefined as World | undefined;
  const now = (): number => world?.kernel.now ?? 0;
  const findings = new Findings(now, (rule, what) => world?.kernel.trace("CHECKER", rule, what));
  const safety = new Safety([PRIMARY, STANDBY], PRIMARY, findings, now, { leaseLengthMs });
  world = new World(seed ^ 0x5eed, traced, safety, program, planned.climate);
  const made = world;
  const { kernel, database } = made;
  hook(database, "onCopied", (region) => {
    const { copy } = database.memberOf(region);
    safety.resetCopy(region, copy.rows.values(), copy.fence);
  });
  const person = new Person(made, planned.unattended);
  const traders = new Traders(
    kernel,
    [made.site0.api, made.site1.api],
    { dns: made.names.resolver(), "stubborn-dns": made.names.resolver(60_000 + kernel.random.next() * 200_000) },
    urlOf,
  );
  for (const trade of planned.trades) traders.plan(trade);
  const heal = inflict(made, person, planned.faults);
  const last = Math.max(20_000, ...planned.faults.map(({ at, lastsMs }) => at + lastsMs));
  const lastDue = Math.max(...planned.trades.map(({ dueAt }) => dueAt));
  const restWithinMs = planned.faults.some(({ kind }) => kind === "hostile-messages") ? DEAD_WITHIN_MS : REST_WITHIN_MS;
  let ended = false;
  let restSince: number | undefined;
  let overSince = Math.max(last, lastDue);
  const look = (): void => {
    // A fault is over when its last stale actor has gone on, and be it after hours; a move that AWS takes its time for, when it is through.
    const over = made.around.frozen.size === 0 && kernel.now >= database.movingUntil;
    if (!over) overSince = kernel.now;
    const reasons = unrest(sightOf(made, safety, traders, planned.patient), leaseLengthMs);
    restSince = over && reasons.length === 0 ? (restSince ?? kernel.now) : undefined;
    if (restSince !== undefined && kernel.now - restSince >= STILL_MS) ended = true;
    else if (kernel.now > overSince + restWithinMs) {
      for (const reason of reasons) findings.add("comes to rest", reason);
      ended = true;
    } else kernel.after(LOOK_MS, look);
  };
  kernel.after(last, () => {
    heal();
    made.whole();
    kernel.trace("FAULTS", "all over");
    person.tidyFromNowOn();
  });
  kernel.after(overSince + 1_000, look);
  await kernel.scheduler.run(() => ended || findings.all.length > 0);
  const active = database.memberOf(made.lease.holder);
  if (findings.all.length === 0) {
    safety.atRest(active.copy.rows, active.copy.positions);
    if (planned.faults.every(({ kind }) => HARMLESS.includes(kind)) && made.lease.epoch > 1)
      findings.add("no failover without need", `the lease is at epoch ${made.lease.epoch}`);
    if (planned.alone) judgeAlone(planned, safety, made, findings);
  }
  return {
    seed,
    violations: findings.all,
    faults: kernel.struck,
    accepted: safety.promised.size,
    settled: [...safety.promised.keys()].filter((id) => active.copy.rows.has(id)).length,
    virtualMs: kernel.now,
    steps: kernel.scheduler.steps,
    planned: planned.faults,
    habits: planned.climate,
    unattended: planned.unattended,
    met: [...made.met].flatMap(([kind, steps]) => [...steps].map((step) => `${kind}|${step}`)),
    trace: kernel.lines,
  };
}

function planOf(seed: number, { chosen, faults, family }: Choice): Plan {
  const whole = plan(new Random(seed), { faults, family: family === undefined ? undefined : familyNamed(family) });
  return chosen ? { ...whole, faults: chosen.flatMap((i) => whole.faults[i] ?? []) } : whole;
}

function judgeAlone(planned: Plan, safety: Safety, world: World, findings: Findings): void {
  const [fault] = planned.faults;
  if (!fault || world.kernel.struck[fault.kind] === undefined) return;
  const told = [...safety.promised.values()];
  judgeTimes(
    told.filter(({ kind }) => GOALS[kind] !== undefined),
    findings,
  );
  // Nothing is promised about settlement while a region's pollers are dead and all else lives: that takes a person.
  if (fault.kind === "pollers-dead") return;
  const after = told.filter(({ dueAt }) => dueAt >= fault.at);
  const settled = after.flatMap(({ tradeId }) => world.firstSettled.get(tradeId) ?? []);
  const first = Math.min(...settled);
  const begin = Math.min(...after.map(({ dueAt }) => dueAt));
  const goal = settlementGoalMs(fault.kind);
  if (after.length > 0 && first - Math.max(fault.at, begin) > goal)
    findings.add(`settlement is back within ${goal / 1000} s`, `${Math.round(first - fault.at)} ms after ${fault.kind}`);
}

function sightOf(world: World, safety: Safety, traders: Traders, patient: boolean): Sight {
  const { lease, database, kernel } = world;
  const sites = [...world.sites.values()];
  const members = [...database.members.values()];
  const active = database.memberOf(lease.holder);
  return {
    now: kernel.now,
    waitingTraders: traders.waiting,
    // A mark that came late, of a settlement that was lost, is no settlement: the pass of each minute has to find it.
    unsettled:
      [...world.table("trade-journal").all().values()].filter(({ status }) => status !== "SETTLED").length +
      [...safety.promised.keys()].filter((id) => !active.copy.rows.has(id)).length,
    queued: sites.reduce((sum, { queue }) => sum + (patient ? queue.messages.size : queue.waiting), 0),
    deadLetters: sites.reduce((sum, { queue }) => sum + queue.deadLetters.length, 0),
    runningMoves: sites.reduce((sum, { machines }) => sum + machines.running().filter(({ machine }) => machine !== "readiness").length, 0),
    holder: lease.holder,
    epoch: lease.epoch,
    renewedAt: safety.renewedAt,
    databaseStatus: database.truth.status,
    writer: database.truth.writer,
    writers: members.filter(({ writable }) => writable).map(({ region }) => region.name),
    fence: active.copy.fence,
    resyncing: members.some(({ resyncing }) => resyncing),
    // An alarm is over a minute or two after its cause.
    alarms: patient ? sites.flatMap(({ region, alarms }) => [...alarms.ringing].map((alarm) => `${region.name} ${alarm}`)) : [],
  };
}
