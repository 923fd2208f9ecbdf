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
  "permission-lost",
  "quota-exhausted",
  "deployment",
  "restriction-changed",
  "hostile-messages",
  "hostile-callers",
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
  /** Not at a time but between two effects: when this function is so far in its work, from `at` on. */
  readonly when?: { readonly actor: string; readonly progress: number };
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

/** While these are on, nothing answers in a region, or not in time, to who watches it from the other: in the one that the fault is about, or in both. */
export const DEADLY: Readonly<Partial<Record<FaultKind, "region" | "both">>> = {
  "region-crash": "region",
  "region-hang": "region",
  "slow-region": "region",
  "witness-and-region-loss": "region",
  "old-messages": "region",
  "partition-one-way": "both",
  "partition-both-ways": "both",
};
