import { climateOf, type Climate } from "./climate";
import type { Family } from "./families";
import { FAULT_KINDS, HARMLESS, type Fault, type FaultKind } from "./kinds";
import type { TraderKind } from "../kernel/history";
import type { Random } from "../kernel/random";
import type { PlannedTrade } from "../traffic/traders";

export interface Plan {
  readonly trades: readonly PlannedTrade[];
  readonly faults: readonly Fault[];
  /** One fault alone, long enough for the promises about time to be held up to it. */
  readonly alone: boolean;
  /** Waits for the last redelivery, of messages that hide for minutes and whose trades are long settled. Most runs end before. */
  readonly patient: boolean;
  /** No person starts a failed machine again. */
  readonly unattended: boolean;
  readonly climate: Climate;
}

/** The kinds that the time promises speak of when they come alone. */
const ALONE: readonly FaultKind[] = [
  "region-crash",
  "region-hang",
  "partition-both-ways",
  "clients-cut-off",
  "database-failure",
  "pollers-dead",
];

const ACCOUNTS = ["alpha", "beta", "gamma", "delta"];
const SYMBOLS = ["AMZN", "IBM", "KO"];
const FIRST_MS = 5_000;

/** Drawn at random; those come more often whose hour must be met exactly. */
const DRAWN: readonly FaultKind[] = [...FAULT_KINDS, "stale-actor", "stale-actor", "stale-actor", "failover-twice", "graceful-move"];

/** Between whose effects a fault may be placed. */
const ACTORS = ["trade-processor", "database-step", "lease-step", "reconciler", "sentinel", "trade-intake"];

/** What is given instead of drawn: the faults themselves, or what each world of a family must have. */
export interface Given {
  readonly faults?: readonly Fault[];
  readonly family?: Family;
}

/**
 * A plan is a seed's choice: 20 to 24 trades, one to four faults of the few kinds that this world may have, and AWS's habits in it.
 * With given faults all else is this seed's for those.
 */
export function plan(random: Random, { faults: given, family }: Given = {}): Plan {
  // Rows of their own: a change in how faults are drawn leaves the trades alone.
  const [forFaults, forTrades, forClimate] = [random.fork(), random.fork(), random.fork()];
  const chosen = given ?? (family && facedBy(family, forFaults));
  const alone = chosen === undefined && forFaults.chance(0.1);
  const faults = chosen ?? (alone ? [lonely(forFaults)] : several(forFaults));
  const last = Math.max(...faults.map(({ at, lastsMs }) => at + Math.min(lastsMs, 150_000)));
  const until = Math.min(last + 10_000, 240_000);
  // A few large worlds among the small ones: a backlog of hundreds and thousands that has to be through before the deadlines of functions and machines.
  const large = !alone && (family?.large ?? forTrades.chance(0.0006));
  const count = large ? forTrades.int(600, 2_500) : forTrades.int(20, 24);
  const trades = Array.from({ length: count }, (_, i) => trade(forTrades, i, large ? Math.min(until, 60_000) : until));
  const drawn = climateOf(forClimate);
  return {
    trades,
    faults,
    alone,
    patient: forTrades.chance(0.08),
    unattended: forClimate.chance(0.5),
    // The promises about time are AWS's as well: no slow control plane is in them.
    climate: alone ? {} : { ...drawn, ...family?.climate },
  };
}

function facedBy({ faults, kinds }: Family, random: Random): Fault[] {
  if (faults) return random.chance(0.5) ? [...faults] : faults.map((fault) => nearly(fault, random));
  return [...(kinds ?? []).map((kind) => drawnFault(kind, random)), ...several(random).slice(0, 2)];
}

/** The same fault a little earlier or later, shorter or longer. Its size often says which of several things happens: it changes little. */
function nearly(fault: Fault, random: Random): Fault {
  return {
    ...fault,
    at: Math.max(1_000, fault.at + random.between(-5_000, 5_000)),
    lastsMs: fault.lastsMs * random.between(0.6, 1.6),
    size: Math.min(0.999, Math.max(0, fault.size + random.between(-0.04, 0.04))),
  };
}

function lonely(random: Random): Fault {
  const kind = random.chance(0.3) ? random.pick(HARMLESS) : random.pick(ALONE);
  // A broken ledger must last longer than settlement may be away.
  const lastsMs = kind === "database-failure" ? random.between(240_000, 270_000) : random.between(90_000, 130_000);
  return { kind, at: random.between(FIRST_MS, 30_000), lastsMs, where: 0, size: random.next() };
}

/** Swarm testing: a world may have a few kinds only, so that they meet each other more often than once in a thousand worlds. */
function several(random: Random): Fault[] {
  const palette = Array.from({ length: random.int(2, 5) }, () => random.pick(DRAWN));
  const count = random.pick([1, 2, 2, 2, 3, 3, 4]);
  return Array.from({ length: count }, () => drawnFault(random.pick(palette), random));
}

function drawnFault(kind: FaultKind, random: Random): Fault {
  const fault: Fault = {
    kind,
    at: random.between(FIRST_MS, 40_000),
    lastsMs: random.chance(0.01) ? random.between(200_000, 600_000) : random.between(3_000, 42_000),
    where: random.chance(0.75) ? 0 : 1,
    size: random.next(),
  };
  const when = { actor: random.pick(ACTORS), progress: random.next() };
  return random.chance(0.2) ? { ...fault, when } : fault;
}

function trade(random: Random, i: number, until: number): PlannedTrade {
  const kind: TraderKind = random.pick(["smart", "smart", "smart", "dns", "dns", "stubborn-dns"] as const);
  return {
    kind,
    dueAt: random.between(1_000, until),
    trade: {
      key: `order-${i}`,
      accountId: random.pick(ACCOUNTS),
      symbol: random.pick(SYMBOLS),
      side: random.chance(0.6) ? "buy" : "sell",
      quantity: random.int(1, 500),
      price: String(random.int(1, 50_000) / 100),
    },
    again: random.chance(0.15) ? { afterMs: random.between(100, 60_000), otherBody: random.chance(0.4) } : undefined,
  };
}
