/** `report.json`: what a drill did, what was expected of it, and what was measured. Plain data. */
import type { LabEvent } from "../types";

/** `INCONCLUSIVE`: the fault did not take effect, what it was to show could not be seen, or trades were still under way when the drill stopped looking. Nothing is proven either way. */
export type Verdict = "PASSED" | "FAILED" | "INCONCLUSIVE";

/** One goal, what was measured against it, and whether it was met. */
export interface Goal {
  readonly goal: string;
  readonly expected: string;
  /** Undefined: it could not be measured, and so was not met. */
  readonly measured: number | string | boolean | undefined;
  readonly met: boolean;
}

/** One part of a recovery, in the order in which they follow each other. Milliseconds. */
export interface Segment {
  readonly name: "detection" | "decision" | "cutover" | "promotion" | "fence" | "client" | "settlement";
  readonly ms: number;
}

/** When what happened, milliseconds since the stream began; undefined: it did not, or nobody saw it. Seen once a second. */
export interface Moments {
  readonly faultMs: number | undefined;
  /** A failover or switchover was started. */
  readonly detectedMs: number | undefined;
  readonly leaseMovedMs: number | undefined;
  /** The public name led to the other region. */
  readonly nameMovedMs: number | undefined;
  /** The other region's copy of the ledger took writes. */
  readonly promotedMs: number | undefined;
  /** Its fence stood at the new epoch. */
  readonly fenceMs: number | undefined;
  /** The first 202 of a trade that was sent after the fault, by the kind of client. */
  readonly firstAcceptedMs: { readonly dns: number | undefined; readonly smart: number | undefined };
  readonly firstSettledMs: number | undefined;
}

/** Both regions as they were seen at one moment. */
export interface Sample {
  readonly atMs: number;
  readonly holder: string | undefined;
  readonly epoch: number | undefined;
  /** Accepted trades that the journal does not have as settled. */
  readonly pending: number | undefined;
  /** Region that the public name leads to. */
  readonly name: string | undefined;
  readonly regions: readonly {
    readonly region: string;
    readonly process: string;
    readonly ledger: "writer" | "reader" | undefined;
    readonly fence: number | undefined;
    readonly lagMs: number | undefined;
    readonly queue: number | undefined;
  }[];
  /** Route 53's checks, by name. */
  readonly checks: readonly { readonly name: string; readonly healthy: boolean }[];
}

/** Requests of clients to one region, each second, by what became of them. */
export interface Requests {
  readonly region: string;
  readonly accepted: readonly number[];
  /** Answered, but not with a 202. */
  readonly refused: readonly number[];
  /** No answer. */
  readonly unanswered: readonly number[];
}

/** A trade from its client's request to the ledger's row. Times as in `Moments`. */
export interface TradeAccount {
  readonly key: string;
  readonly client: "dns" | "smart";
  readonly dueMs: number;
  readonly acceptedMs: number | undefined;
  readonly acceptedRegion: string | undefined;
  readonly settledMs: number | undefined;
  readonly settledEpoch: number | undefined;
  readonly tries: number;
}

export interface ScenarioReport {
  readonly name: string;
  readonly fault: string;
  readonly verdict: Verdict;
  readonly passed: boolean;
  readonly rto: {
    /** Longest wait for a 202 of a client that follows DNS, from the fault on; null: some trade was never accepted. */
    readonly acceptanceMs: number | null;
    /** The same for client/. */
    readonly smartClientMs: number | null;
    /** From the fault to the first settlement of a trade sent after it. */
    readonly settlementMs: number | null;
    /** Where each second went. */
    readonly seconds: {
      readonly acceptance: readonly Segment[];
      readonly smartClient: readonly Segment[];
      readonly settlement: readonly Segment[];
    };
  };
  readonly moments: Moments;
  readonly rpo: {
    readonly accepted: number;
    readonly lost: number;
    /** Accepted, in the journal, and not settled when the drill stopped looking: not lost, and not yet proven. */
    readonly pending: number;
    readonly duplicated: number;
    /** Trades accepted before the lease changed hands and settled by the new holder. */
    readonly replayed: number;
  };
  readonly goals: Readonly<Record<string, Goal>>;
  /** What this scenario could not measure, and why. */
  readonly notMeasured: readonly string[];
  readonly timeline: readonly LabEvent[];
  /** What went wrong, trade by trade, and what no client heard of. */
  readonly findings: readonly { readonly kind: string; readonly key: string; readonly detail: string }[];
  /** For the page only. */
  readonly samples: readonly Sample[];
  readonly requests: readonly Requests[];
  readonly trades: readonly TradeAccount[];
}

/** Which run this was, of what, and on what. */
export interface Provenance {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Commit of the checkout; `+` behind it: with changes that are not committed. Undefined outside of a checkout. */
  readonly commit: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly platform: string; readonly cpus: number; readonly cpu: string; readonly memoryGiB: number };
  readonly options: Readonly<Record<string, unknown>>;
}

export interface DrillReport extends Provenance {
  readonly schema: 2;
  readonly topology: string;
  /** Engine of the ledger, as configured and as run here. */
  readonly engine: string;
  readonly verdict: Verdict;
  readonly scenarios: readonly ScenarioReport[];
  readonly simulated: readonly string[];
}

/** One failed scenario fails the run. Otherwise one inconclusive scenario leaves the run inconclusive. */
export function verdictOf(scenarios: readonly Pick<ScenarioReport, "verdict">[]): Verdict {
  if (scenarios.length === 0 || scenarios.some(({ verdict }) => verdict === "FAILED")) return "FAILED";
  return scenarios.some(({ verdict }) => verdict === "INCONCLUSIVE") ? "INCONCLUSIVE" : "PASSED";
}
