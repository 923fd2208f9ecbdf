/** What the state machines send to the functions that they call. */
import { SHARDS } from "./tables";

/** Executed each hour in both sites: each check does something real. */
export const READINESS_CHECKS = [
  "journal",
  "queue",
  "canaryLease",
  "database",
  "replicationLag",
  "syntheticTrade",
  "publicName",
  "failoverMachine",
] as const;

export type ReadinessCheck = (typeof READINESS_CHECKS)[number];

export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  readonly detail: string;
  readonly durationMs: number;
}

/** Parts of a reconciliation that are known by name; those of a backlog are known by where they begin. */
export const EVERYTHING = "everything";
export const DOUBT = "doubt";
/** As many as there can be: a backlog has one for each shard. */
export const PARTS_AT_ONCE = SHARDS.length + 1;

/** By the name under which the machines know the function. */
export interface StepPayloads {
  /** Null: whatever the lease's epoch, or its renewals, are. */
  readonly leaseStep: { readonly action: "take"; readonly expectedEpoch: number | null; readonly renewals?: number | null };
  readonly databaseStep:
    { readonly action: "promote" | "switchover" | "raiseFence"; readonly epoch: number } | { readonly action: "checkTarget" };
  /** `part`: everything at first, then what a run has left. */
  readonly reconciler: { readonly action: "reconcile"; readonly epoch: number; readonly part: string };
  readonly validator:
    | { readonly action: "confirmTraffic"; readonly epoch: number }
    | { readonly action: "syntheticTrade"; readonly epoch: number; readonly attempt: number };
  readonly readiness: { readonly check: ReadinessCheck } | { readonly action: "publish"; readonly results: readonly CheckResult[] };
  readonly parity: Readonly<Record<never, never>>;
}

export type Step = keyof StepPayloads;

/** An expression of JSONata, as Amazon States Language writes it. */
export type Expression = `{% ${string} %}`;

/** A payload, any member of which a machine may work out when it runs. */
export type Template<T> = T extends unknown ? { readonly [K in keyof T]: T[K] | Expression } : never;
