import type { TraderKind } from "../kernel/history";
import type { Random } from "../kernel/random";
import type { PlannedTrade } from "../traffic/traders";

export const FAULT_KINDS = [
  "region-crash",
  "region-hang",
  "slow-region",
  "partition-one-way",
  "partition-both-ways",
  "clients-cut-off",
  "witness-loss",
  "witness-and-region-loss",
  "database-failure",
  "pollers-dead",
  "checkers-flapping",
  "failover-twice",
  "failover-during-switchover",
  "graceful-move",
  "orchestrator-killed",
  "old-messages",
  "stale-actor",
  "function-killed",
  "function-frozen",
  "clock-jump",
  "clock-drift",
  "poison-trade",
  "throttling",
  "ambiguous-writes",
  "replication-lag",
  "events-lost",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What will go wrong, when, and how badly; `where` and `size` are read by each kind in its own way. */
export interface Fault {
  readonly kind: FaultKind;
  /** Virtual milliseconds. */
  readonly at: number;
  readonly lastsMs: number;
  /** 0: the active region at that moment, 1: the passive one. */
  readonly where: 0 | 1;
  /** 0 to 1. */
  readonly size: number;
}

export interface Plan {
  readonly trades: readonly PlannedTrade[];
  readonly faults: readonly Fault[];
  /** One fault alone, long enough for the promises about time to be held up to it. */
  readonly alone: boolean;
  /** Waits for the last redelivery, of messages that hide for minutes and whose trades are long settled. Most runs end before. */
  readonly patient: boolean;
}

/** Nothing that should make anybody take the lease from its holder. */
export const HARMLESS: readonly FaultKind[] = [
  "witness-loss",
  "checkers-flapping",
  "clock-jump",
  "clock-drift",
  "poison-trade",
  "replication-lag",
];

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

/** A plan is a seed's choice: 20 to 24 trades and one to four faults; with `given` faults the trades are this seed's for those. */
export function plan(random: Random, given?: readonly Fault[]): Plan {
  // Rows of their own: a change in how faults are drawn leaves the trades alone.
  const [forFaults, forTrades] = [random.fork(), random.fork()];
  const alone = given === undefined && forFaults.chance(0.12);
  const faults = given ?? (alone ? [lonely(forFaults)] : several(forFaults));
  const last = Math.max(...faults.map(({ at, lastsMs }) => at + Math.min(lastsMs, 150_000)));
  const until = Math.min(last + 10_000, 240_000);
  const trades = Array.from({ length: forTrades.int(20, 24) }, (_, i) => trade(forTrades, i, until));
  return { trades, faults, alone, patient: forTrades.chance(0.08) };
}

function lonely(random: Random): Fault {
  const kind = random.chance(0.3) ? random.pick(HARMLESS) : random.pick(ALONE);
  // A broken ledger must last longer than settlement may be away.
  const lastsMs = kind === "database-failure" ? random.between(240_000, 270_000) : random.between(90_000, 130_000);
  return { kind, at: random.between(FIRST_MS, 30_000), lastsMs, where: 0, size: random.next() };
}

function several(random: Random): Fault[] {
  const count = random.pick([1, 2, 2, 2, 3, 3, 4]);
  return Array.from({ length: count }, () => ({
    kind: random.pick(DRAWN),
    at: random.between(FIRST_MS, 40_000),
    lastsMs: random.chance(0.01) ? random.between(200_000, 600_000) : random.between(3_000, 42_000),
    where: random.chance(0.75) ? 0 : 1,
    size: random.next(),
  }));
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
