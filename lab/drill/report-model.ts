import type { LabEvent } from "../types";

/** One goal, what was measured against it, and whether it was met. */
export interface Goal {
  readonly goal: string;
  /** Undefined: it could not be measured, and so was not met. */
  readonly measured: number | string | boolean | undefined;
  readonly met: boolean;
}

export interface ScenarioReport {
  readonly name: string;
  readonly fault: string;
  readonly passed: boolean;
  readonly rto: {
    /** Longest wait for a 202 of a client that follows DNS, from the fault on; null: some trade was never accepted. */
    readonly acceptanceMs: number | null;
    /** The same for client/. */
    readonly smartClientMs: number | null;
    /** From the fault to the first settlement of a trade sent after it. */
    readonly settlementMs: number | null;
  };
  readonly rpo: {
    readonly accepted: number;
    readonly lost: number;
    readonly duplicated: number;
    /** Trades accepted before the lease changed hands and settled by the new holder. */
    readonly replayed: number;
  };
  readonly goals: Readonly<Record<string, Goal>>;
  readonly timeline: readonly LabEvent[];
  /** Per second since the stream began; for the page only. */
  readonly chart: { readonly accepted: readonly number[]; readonly settled: readonly number[]; readonly faultMs: number };
  /** What went wrong, trade by trade, and what no client heard of; for the page only. */
  readonly findings: readonly { readonly kind: string; readonly key: string; readonly detail: string }[];
}

export interface DrillReport {
  readonly schema: 1;
  readonly topology: string;
  readonly scenarios: readonly ScenarioReport[];
  readonly simulated: readonly string[];
}
