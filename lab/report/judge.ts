import type { CheckResult, LedgerRows } from "../drill/check";
import type { Expectations, Forbidden } from "../drill/expectations";
import type { Refused } from "../drill/refusals";
import type { TradeRecord } from "../drill/record";
import type { LabEvent } from "../types";
import type { Goal, Sample, ScenarioReport, Verdict } from "./model";
import { accountsOf, momentsOf, MOVES, requestsOf } from "./moments";
import { acceptanceRto } from "./rto";
import { acceptanceSegments, settlementSegments, smartClientSegments } from "./segments";

/** Milliseconds; in every stack, because no DNS is in it. */
const SMART_GOAL_MS = 5000;

export interface Evidence {
  readonly records: readonly TradeRecord[];
  readonly checked: CheckResult;
  readonly ledger: LedgerRows;
  readonly timeline: readonly LabEvent[];
  readonly samples: readonly Sample[];
  /** Region codes, home primary first. */
  readonly regions: readonly string[];
  /** Region that held the lease at the beginning. */
  readonly active: string;
  /** Wall clock of the stream's beginning, milliseconds since 1970. */
  readonly beganAt: number;
  /** Milliseconds since the stream began, as all times. */
  readonly faultMs: number | undefined;
  /** Epoch before the fault. */
  readonly epoch: number;
  /** When everything was answered and the journal held nothing unsettled; undefined if it never was so. */
  readonly backlogEmptyMs: number | undefined;
  readonly expects: Expectations;
  /** How long clients of the public name may wait: the stack's budget. Milliseconds. */
  readonly acceptanceGoalMs: number;
  /** Times in which no 202 may have been given. */
  readonly forbidden: readonly Forbidden[];
  /** Sessions of clients that died with a region. */
  readonly lostSessions?: number;
  /** Why the scenario could not be played to its end. */
  readonly broken: string | undefined;
  /** Calls that AWS would refuse. */
  readonly refused: readonly Refused[];
  /** Why the fault can't be said to have taken effect. */
  readonly withoutEffect: string | undefined;
}

export type Judgement = Omit<ScenarioReport, "name" | "fault" | "timeline">;

/** From what was seen to figures, goals and a verdict. Pure. */
export function judge(evidence: Evidence): Judgement {
  const { records, checked, ledger, beganAt, epoch, faultMs } = evidence;
  const trades = accountsOf(records, ledger.trades, beganAt);
  const moments = momentsOf(evidence, evidence.timeline, evidence.samples, trades);
  const { leaseMovedMs, firstSettledMs } = moments;
  const acceptance = acceptanceRto(records, "dns", faultMs ?? 0);
  const smart = acceptanceRto(records, "smart", faultMs ?? 0);
  const settlement = faultMs === undefined || firstSettledMs === undefined ? undefined : Math.max(0, firstSettledMs - faultMs);
  const replayed = trades.filter(
    ({ acceptedMs, settledEpoch }) =>
      acceptedMs !== undefined && leaseMovedMs !== undefined && acceptedMs <= leaseMovedMs && (settledEpoch ?? 0) > epoch,
  );
  const goals = goalsOf(evidence, { acceptance: acceptance.worstMs, smart: smart.worstMs, settlement, leaseMovedMs });
  const verdict = verdictOn(goals, evidence.withoutEffect, checked.pending.length);
  const lastMs = Math.max(1, ...trades.flatMap(({ acceptedMs, settledMs }) => [acceptedMs ?? 0, settledMs ?? 0]));
  return {
    verdict,
    passed: verdict === "PASSED",
    rto: {
      acceptanceMs: rounded(acceptance.worstMs),
      smartClientMs: rounded(smart.worstMs),
      settlementMs: rounded(settlement),
      seconds: {
        acceptance: acceptanceSegments(moments, acceptance.worst?.accepted?.atMs),
        smartClient: smartClientSegments(faultMs, smart.worst),
        settlement: settlementSegments(moments),
      },
    },
    moments,
    rpo: {
      accepted: records.filter(({ accepted }) => accepted !== undefined).length,
      lost: checked.lost.length,
      pending: checked.pending.length,
      duplicated: checked.duplicated.length,
      replayed: replayed.length,
    },
    goals,
    notMeasured: notMeasured(evidence, moments),
    findings: findingsOf(checked, records, evidence.refused),
    samples: evidence.samples,
    requests: requestsOf(records, evidence.regions, Math.ceil(lastMs / 1000)),
    trades,
  };
}

interface Measured {
  readonly acceptance: number | undefined;
  readonly smart: number | undefined;
  readonly settlement: number | undefined;
  readonly leaseMovedMs: number | undefined;
}

function goalsOf(evidence: Evidence, { acceptance, smart, settlement, leaseMovedMs }: Measured): Record<string, Goal> {
  const { records, checked, backlogEmptyMs, faultMs = 0, expects, lostSessions = 0 } = evidence;
  const { longerMs = 0 } = expects;
  const [dnsMs, smartMs] = [evidence.acceptanceGoalMs + longerMs, SMART_GOAL_MS + longerMs];
  const [least, most] = expects.moves;
  const handOvers = changesOfHands(evidence.samples);
  const rejected = records.filter((record) => record.rejected !== undefined);
  const unanswered = records.filter(({ accepted, rejected: refused }) => accepted === undefined && refused === undefined);
  const within = (goal: string, ms: number | undefined, limit: number): Goal => ({
    goal,
    expected: `less than ${limit} ms`,
    measured: ms === undefined ? undefined : `${Math.round(ms)} ms`,
    met: ms !== undefined && ms < limit,
  });
  const none = (goal: string, findings: readonly unknown[]): Goal => ({
    goal,
    expected: "0",
    measured: findings.length,
    met: findings.length === 0,
  });
  const happens = (goal: string, ms: number | undefined): Goal => ({
    goal,
    expected: "within the run",
    measured: ms === undefined ? undefined : `${Math.round(ms)} ms`,
    met: ms !== undefined,
  });
  return {
    ...(evidence.broken === undefined
      ? {}
      : { played: { goal: "the scenario is played to its end", expected: "its end", measured: evidence.broken, met: false } }),
    lost: none("no accepted trade is lost", checked.lost),
    duplicated: none("no trade is settled twice", checked.duplicated),
    positions: none("positions equal what the clients' records give (differences)", checked.positions),
    answered: none("every trade is accepted in the end (never accepted)", [...unanswered, ...rejected]),
    ...(records.some(({ kind }) => kind === "dns")
      ? { acceptance: within(`a client that follows DNS waits less than ${dnsMs / 1000} s`, acceptance, dnsMs) }
      : {}),
    ...(records.some(({ kind }) => kind === "smart")
      ? { smartClient: within(`client/ waits less than ${smartMs / 1000} s`, smart, smartMs) }
      : {}),
    refused: none("nothing is asked for that AWS would refuse (kinds of refusals)", unexpected(evidence)),
    ...(evidence.forbidden.length === 0
      ? {}
      : { kept: none("nothing is accepted that could not be kept (202s without a quorum)", acceptedInVain(evidence)) }),
    ...(lostSessions === 0 ? {} : { sessions: reopened(records, faultMs) }),
    settlement: happens("settlement is back", settlement),
    backlog: happens("the backlog is empty", backlogEmptyMs === undefined ? undefined : backlogEmptyMs - faultMs),
    moves: none("no failover or switchover ends without success (those that did)", failedMoves(evidence)),
    ...(least > 0 ? { activity: happens("the lease changes hands", leaseMovedMs === undefined ? undefined : leaseMovedMs - faultMs) } : {}),
    handOvers: {
      goal: "the lease changes hands no oftener than it must",
      expected: least === most ? String(least) : `${least} to ${most}`,
      measured: handOvers,
      met: handOvers >= least && handOvers <= most,
    },
  };
}

/** A session that is lost costs its client a request, and no trade. */
function reopened(records: readonly TradeRecord[], faultMs: number): Goal {
  const after = records.flatMap(({ client, tries }) =>
    tries
      .filter(({ startedMs, openedSession, status }) => startedMs >= faultMs && openedSession === true && status === 202)
      .map(() => client),
  );
  const measured = new Set(after).size;
  return {
    goal: "clients whose session is lost open another one and go on (clients that did)",
    expected: "at least 1",
    measured,
    met: measured > 0,
  };
}

/** Executions that were seen to end otherwise than they should. */
const failedMoves = ({ timeline, expects: { endings = [] } }: Evidence): readonly LabEvent[] =>
  timeline.filter(({ event, detail }) => {
    const [, end] = /^execution \S+ (FAILED|TIMED_OUT|ABORTED)\b/.exec(detail) ?? [];
    return MOVES.has(event) && end !== undefined && !endings.some((ending) => ending === end);
  });

/** How often another region held the lease than before. */
const changesOfHands = (samples: readonly Sample[]): number =>
  samples
    .flatMap(({ holder }) => holder ?? [])
    .reduce((changes, holder, index, holders) => changes + Number(index > 0 && holders[index - 1] !== holder), 0);

/** Refusals that the fault itself does not explain. */
const unexpected = ({ refused, expects: { denied = [] } }: Evidence): readonly Refused[] =>
  refused.filter(
    ({ message }) =>
      !denied.some((action) => message.includes(` ${action.replace(/\*$/, "")}`) && message.includes("service control policy")),
  );

/** Answers of 202 whose whole try falls into a time in which there must be none. */
const acceptedInVain = ({ records, forbidden }: Evidence): readonly TradeRecord[] =>
  records.filter(({ tries }) =>
    tries.some(
      ({ status, startedMs, endedMs, region }) =>
        status === 202 && forbidden.some((time) => startedMs >= time.fromMs && endedMs <= time.toMs && (time.region ?? region) === region),
    ),
  );

/** Goals that trades which are still under way leave open. */
const OPEN_WHILE_PENDING: readonly string[] = ["backlog", "settlement"];

/**
 * A loss is a loss, whatever the fault did. Goals that were met without a fault show nothing, and trades that the journal still holds are not lost:
 * how they end is not known yet.
 */
function verdictOn(goals: Readonly<Record<string, Goal>>, withoutEffect: string | undefined, pending: number): Verdict {
  const damaged = ["lost", "duplicated", "positions"].some((name) => goals[name]?.met === false);
  if (withoutEffect !== undefined && !damaged) return "INCONCLUSIVE";
  const missed = Object.keys(goals).filter((name) => goals[name]?.met !== true);
  if (missed.length === 0) return "PASSED";
  return pending > 0 && missed.every((name) => OPEN_WHILE_PENDING.includes(name)) ? "INCONCLUSIVE" : "FAILED";
}

function notMeasured({ withoutEffect, records, checked, expects }: Evidence, moments: ScenarioReport["moments"]): string[] {
  const missing: string[] = [];
  if (checked.pending.length > 0) missing.push(`how ${checked.pending.length} accepted trades end: they were not settled yet`);
  if (withoutEffect !== undefined) missing.push(`the fault's effect: ${withoutEffect}`);
  if (moments.faultMs === undefined) missing.push("every time that counts from the fault: there was none");
  for (const kind of ["dns", "smart"] as const) {
    if (!records.some((record) => record.kind === kind))
      missing.push(`the wait of ${kind === "dns" ? "clients that follow DNS" : "client/"}: there was none`);
  }
  if (expects.moves[0] > 0) {
    const unseen = { detectedMs: "the start of a failover", nameMovedMs: "the move of the public name", promotedMs: "the promotion" };
    for (const [moment, what] of Object.entries(unseen))
      if (moments[moment as keyof typeof unseen] === undefined) missing.push(`${what}: it was not seen`);
  }
  return missing;
}

const findingsOf = (
  checked: CheckResult,
  records: readonly TradeRecord[],
  refusedCalls: readonly Refused[],
): ScenarioReport["findings"] => [
  ...checked.lost.map((finding) => ({ kind: "lost", ...finding })),
  ...checked.pending.map((finding) => ({ kind: "pending", ...finding })),
  ...checked.duplicated.map((finding) => ({ kind: "duplicated", ...finding })),
  ...checked.positions.map((finding) => ({ kind: "position", ...finding })),
  ...records.flatMap(({ key, rejected }) =>
    rejected === undefined ? [] : [{ kind: "refused", key, detail: `${rejected.status} ${rejected.title}` }],
  ),
  ...checked.unanswered.map((finding) => ({ kind: "never accepted", ...finding })),
  ...refusedCalls.map(({ region, message, times }) => ({ kind: "AWS would refuse", key: region, detail: `${message} (${times} times)` })),
];

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));
