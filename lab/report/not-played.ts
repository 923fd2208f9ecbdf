import type { ScenarioReport } from "./model";

/** A scenario has failed if it could not begin or if its end could not be assessed. */
export function notPlayed({ name, fault }: Pick<ScenarioReport, "name" | "fault">, error: unknown): ScenarioReport {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    name,
    fault,
    verdict: "FAILED",
    passed: false,
    rto: {
      acceptanceMs: null,
      smartClientMs: null,
      settlementMs: null,
      seconds: { acceptance: [], smartClient: [], settlement: [] },
    },
    moments: {
      faultMs: undefined,
      detectedMs: undefined,
      leaseMovedMs: undefined,
      nameMovedMs: undefined,
      promotedMs: undefined,
      fenceMs: undefined,
      firstAcceptedMs: { dns: undefined, smart: undefined },
      firstSettledMs: undefined,
    },
    rpo: { accepted: 0, lost: 0, pending: 0, duplicated: 0, replayed: 0 },
    goals: { played: { goal: "the scenario is played to its end", expected: "its end", measured: detail, met: false } },
    notMeasured: ["everything: the scenario was not played to its end"],
    timeline: [{ atMs: 0, region: "world", event: "broken", detail }],
    findings: [],
    samples: [],
    requests: [],
    trades: [],
  };
}
