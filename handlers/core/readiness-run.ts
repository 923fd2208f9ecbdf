import type { Clock, Evidence, GlobalDatabase, LeaseStore, Log, Metrics } from "../ports";
import { READINESS_CHECKS, type CheckResult, type ReadinessCheck } from "../../contract/steps";
import { readinessPage } from "./readiness-page";
import type { SyntheticResult } from "./validation";

export interface ReadinessPorts {
  readonly journal: () => Promise<unknown>;
  readonly queue: () => Promise<unknown>;
  /** A lease of this region's own, taken and taken back, so that the real one is never touched. */
  readonly canary: Pick<LeaseStore, "create" | "read" | "take">;
  readonly database: Pick<GlobalDatabase, "status" | "lagMs">;
  readonly syntheticTrade: () => Promise<SyntheticResult>;
  /** Whether the public name leads where it has to. */
  readonly publicName: () => Promise<{ readonly detail: string; readonly answered: boolean }>;
  /** Is the failover state machine there and able to start? */
  readonly failoverMachine: () => Promise<{ readonly ready: boolean; readonly detail: string }>;
  /** Where the run's findings are kept. */
  readonly evidence: Evidence;
  readonly clock: Pick<Clock, "monotonic" | "now">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
  readonly maxLagMs: number;
}

type Finding = { readonly passed: boolean; readonly detail: string };

const RUN: Readonly<Record<ReadinessCheck, (ports: ReadinessPorts) => Promise<Finding>>> = {
  journal: async ({ journal }) => {
    await journal();
    return { passed: true, detail: "a strongly consistent read was answered" };
  },
  queue: async ({ queue }) => {
    await queue();
    return { passed: true, detail: "the trade queue answers" };
  },
  canaryLease: async ({ canary, region }) => {
    const { epoch } = await canary.create(region);
    // A taking whose answer was lost is refused when it is sent again, and shows when it is read.
    const taken = (await canary.take(region, epoch)) ?? (await canary.read());
    return {
      passed: taken?.epoch === epoch + 1,
      detail: taken?.epoch === epoch + 1 ? `canary lease taken at epoch ${taken.epoch}` : "the canary lease could not be taken",
    };
  },
  database: async ({ database }) => {
    const { globalStatus, own, members } = await database.status();
    const behind = members.filter((member) => !member.synchronized);
    const passed = globalStatus === "available" && own.status === "available" && members.length >= 2 && behind.length === 0;
    return {
      passed,
      detail: `global ${globalStatus}, own ${own.role} ${own.status}, ${members.length} clusters, ${behind.length} not connected`,
    };
  },
  replicationLag: async ({ database, maxLagMs }) => {
    const { own } = await database.status();
    if (own.role === "writer") return { passed: true, detail: "this region's cluster is the writer" };
    const lag = await database.lagMs();
    return {
      passed: lag !== undefined && lag <= maxLagMs,
      detail: lag === undefined ? "the lag is not known" : `${Math.round(lag)} ms; allowed: ${maxLagMs} ms`,
    };
  },
  syntheticTrade: async ({ syntheticTrade }) => {
    const { settled, detail } = await syntheticTrade();
    return { passed: settled, detail };
  },
  publicName: async ({ publicName }) => {
    const { answered, detail } = await publicName();
    return { passed: answered, detail };
  },
  failoverMachine: async ({ failoverMachine }) => {
    const { ready, detail } = await failoverMachine();
    return { passed: ready, detail };
  },
};

/** Runs one check; a check that throws has failed, it does not end the run. */
export async function runCheck(check: string, ports: ReadinessPorts): Promise<CheckResult> {
  const began = ports.clock.monotonic();
  const done = (finding: Finding): CheckResult => ({ check, ...finding, durationMs: Math.round(ports.clock.monotonic() - began) });
  const run = (RUN as Readonly<Record<string, ((ports: ReadinessPorts) => Promise<Finding>) | undefined>>)[check];
  if (!run) return done({ passed: false, detail: `unknown check; allowed: ${READINESS_CHECKS.join(", ")}` });
  try {
    return done(await run(ports));
  } catch (error) {
    return done({ passed: false, detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

/**
 * Publishes `FailoverReadiness` (100 or 0) and `TestDuration`, and keeps what was found as JSON and as a page. A run that publishes nothing counts as not
 * ready: the alarm treats missing data as breaching. Evidence that could not be kept makes nobody unready; it rejects, and the step is tried again.
 */
export async function publish(
  results: readonly CheckResult[],
  {
    metrics,
    log,
    evidence,
    clock,
    region,
  }: Pick<ReadinessPorts, "metrics" | "log" | "evidence" | "region"> & {
    readonly clock: Pick<Clock, "now">;
  },
): Promise<{ readonly ready: boolean; readonly failed: readonly string[] }> {
  // A check of these that is missing has failed; what else was run counts as well.
  const expected = new Set<string>([...READINESS_CHECKS, ...results.map(({ check }) => check)]);
  const failed = [...expected].filter((name) => !results.some((result) => result.check === name && result.passed));
  const ready = failed.length === 0;
  metrics.put("FailoverReadiness", ready ? 100 : 0);
  metrics.put(
    "TestDuration",
    results.reduce((sum, result) => sum + result.durationMs, 0),
  );
  log.info("readiness", { ready, failed, results });
  const at = new Date(clock.now()).toISOString();
  const report = { region, at, ready, failed, results };
  const key = `${at.slice(0, 10)}/${region}-${at.slice(11, 19).replaceAll(":", "")}`;
  await evidence.keep(`${key}.json`, "application/json", `${JSON.stringify(report, null, 2)}\n`);
  await evidence.keep(`${key}.html`, "text/html; charset=utf-8", readinessPage(report));
  return { ready, failed };
}
