import type { CheckResult, LedgerRows } from "./check";
import { tradeIdOf } from "./check";
import type { TradeRecord } from "./record";
import type { Goal, ScenarioReport } from "./report-model";
import { acceptanceRto, perSecond, settlementRto } from "./rto";

/** Budgets, milliseconds. */
export const ACCEPTANCE_GOAL_MS = 60_000;
export const SMART_GOAL_MS = 5000;

export interface Evidence {
  readonly records: readonly TradeRecord[];
  readonly checked: CheckResult;
  readonly ledger: LedgerRows;
  /** Wall clock of the stream's beginning, milliseconds since 1970. */
  readonly beganAt: number;
  /** Times below: milliseconds since the stream began. */
  readonly faultMs: number | undefined;
  /** When the lease changed hands; undefined if it did not. */
  readonly leaseMovedMs: number | undefined;
  /** Epoch before the fault. */
  readonly epoch: number;
  /** When everything was answered and the journal held nothing unsettled; undefined if it never was so. */
  readonly backlogEmptyMs: number | undefined;
  readonly activityMoves: boolean;
  /** Why the scenario could not be played to its end. */
  readonly broken: string | undefined;
}

export type Judgement = Pick<ScenarioReport, "passed" | "rto" | "rpo" | "goals" | "chart" | "findings">;

/** From what was seen to figures and goals. Pure. */
export function judge(evidence: Evidence): Judgement {
  const { records, checked, ledger, beganAt, leaseMovedMs, epoch, backlogEmptyMs } = evidence;
  const faultMs = evidence.faultMs ?? 0;
  const rows = new Map(ledger.trades.map((row) => [row.tradeId, row]));
  const settledAtMs = (key: string): number | undefined => {
    const row = rows.get(tradeIdOf(key));
    return row === undefined ? undefined : row.settledAt - beganAt;
  };
  const acceptance = acceptanceRto(records, "dns", faultMs).worstMs;
  const smart = acceptanceRto(records, "smart", faultMs).worstMs;
  const settlement = settlementRto(records, faultMs, settledAtMs);
  const replayed = records.filter(({ key, accepted }) => {
    const row = rows.get(tradeIdOf(key));
    return (
      row !== undefined && accepted !== undefined && leaseMovedMs !== undefined && accepted.atMs <= leaseMovedMs && row.settledEpoch > epoch
    );
  });
  const rejected = records.filter((record) => record.rejected !== undefined);
  const unanswered = records.filter(({ accepted, rejected: refused }) => accepted === undefined && refused === undefined);
  const within = (goal: string, ms: number | undefined, limit: number): Goal => ({
    goal,
    measured: ms === undefined ? undefined : `${Math.round(ms)} ms`,
    met: ms !== undefined && ms < limit,
  });
  const none = (goal: string, findings: readonly unknown[]): Goal => ({ goal, measured: findings.length, met: findings.length === 0 });
  const hasSmart = records.some(({ kind }) => kind === "smart");
  const goals: Record<string, Goal> = {
    ...(evidence.broken === undefined
      ? {}
      : { played: { goal: "the scenario is played to its end", measured: evidence.broken, met: false } }),
    lost: none("no accepted trade is lost", checked.lost),
    duplicated: none("no trade is settled twice", checked.duplicated),
    positions: none("positions equal what the clients' records give (differences)", checked.positions),
    answered: none("every trade is accepted in the end (never accepted)", [...unanswered, ...rejected]),
    acceptance: within(`a client that follows DNS waits less than ${ACCEPTANCE_GOAL_MS / 1000} s`, acceptance, ACCEPTANCE_GOAL_MS),
    ...(hasSmart ? { smartClient: within(`client/ waits less than ${SMART_GOAL_MS / 1000} s`, smart, SMART_GOAL_MS) } : {}),
    settlement: {
      goal: "settlement is back within the run",
      measured: settlement === undefined ? undefined : `${Math.round(settlement)} ms`,
      met: settlement !== undefined,
    },
    backlog: {
      goal: "the backlog is empty within the run (after the fault)",
      measured: backlogEmptyMs === undefined ? undefined : `${Math.round(backlogEmptyMs - faultMs)} ms`,
      met: backlogEmptyMs !== undefined,
    },
    ...(evidence.activityMoves
      ? {
          activity: {
            goal: "the lease changes hands",
            measured: leaseMovedMs === undefined ? undefined : `${Math.round(leaseMovedMs - faultMs)} ms`,
            met: leaseMovedMs !== undefined,
          },
        }
      : {}),
  };
  const acceptedTimes = records.flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted.atMs]));
  const settledTimes = records.flatMap(({ key }) => settledAtMs(key) ?? []);
  const seconds = Math.ceil(Math.max(1, ...acceptedTimes, ...settledTimes) / 1000);
  return {
    passed: Object.values(goals).every(({ met }) => met),
    rto: { acceptanceMs: rounded(acceptance), smartClientMs: rounded(smart), settlementMs: rounded(settlement) },
    rpo: {
      accepted: records.filter(({ accepted }) => accepted !== undefined).length,
      lost: checked.lost.length,
      duplicated: checked.duplicated.length,
      replayed: replayed.length,
    },
    goals,
    chart: { accepted: perSecond(acceptedTimes, seconds), settled: perSecond(settledTimes, seconds), faultMs },
    findings: [
      ...checked.lost.map((finding) => ({ kind: "lost", ...finding })),
      ...checked.duplicated.map((finding) => ({ kind: "duplicated", ...finding })),
      ...checked.positions.map((finding) => ({ kind: "position", ...finding })),
      ...rejected.map(({ key, rejected: refused }) => ({
        kind: "refused",
        key,
        detail: `${refused?.status ?? "?"} ${refused?.title ?? ""}`,
      })),
      ...checked.unanswered.map((finding) => ({ kind: "never accepted", ...finding })),
    ],
  };
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));
