/** What must come about once nothing fails any more, and how fast. Judges what is seen from outside, in virtual time. */
import type { Told, TraderKind } from "../kernel/history";
import type { Findings } from "./record";

/** The system as an onlooker sees it at one moment. */
export interface Sight {
  readonly now: number;
  readonly waitingTraders: number;
  readonly unsettled: number;
  readonly queued: number;
  readonly deadLetters: number;
  readonly runningMoves: number;
  readonly holder: string;
  readonly epoch: number;
  readonly renewedAt: number;
  readonly databaseStatus: string;
  readonly writer: string;
  readonly writers: readonly string[];
  readonly fence: number;
  readonly resyncing: boolean;
  readonly alarms: readonly string[];
}

/** Why the system is not at rest; empty when it is. */
export function unrest(sight: Sight, leaseLengthMs: number): string[] {
  const reasons: string[] = [];
  const say = (wrong: boolean, reason: string): void => {
    if (wrong) reasons.push(reason);
  };
  say(sight.waitingTraders > 0, `${sight.waitingTraders} traders wait for an answer`);
  say(sight.unsettled > 0, `${sight.unsettled} accepted trades are not settled`);
  say(sight.queued > 0, `${sight.queued} messages wait`);
  say(sight.deadLetters > 0, `${sight.deadLetters} dead letters`);
  say(sight.runningMoves > 0, `${sight.runningMoves} moves are running`);
  say(
    sight.now - sight.renewedAt > leaseLengthMs,
    `${sight.holder} has not renewed its lease for ${Math.round(sight.now - sight.renewedAt)} ms`,
  );
  say(
    sight.databaseStatus !== "available" || sight.resyncing,
    `the global database is ${sight.databaseStatus}${sight.resyncing ? ", resyncing" : ""}`,
  );
  say(sight.writer !== sight.holder, `the lease is ${sight.holder}'s and the writer ${sight.writer}`);
  say(sight.writers.length !== 1, `writers: ${sight.writers.join(", ")}`);
  say(sight.fence !== sight.epoch, `the fence is at ${sight.fence}, the lease at ${sight.epoch}`);
  say(sight.alarms.length > 0, `alarms: ${sight.alarms.join(", ")}`);
  return reasons;
}

/** Milliseconds that a trader may wait for an answer while one fault is on. */
export const GOALS: Readonly<Record<TraderKind, number | undefined>> = {
  smart: 10_000,
  dns: 60_000,
  // Keeps an answer longer than the record allows: promised nothing but an answer in the end.
  "stubborn-dns": undefined,
};
/**
 * From the fault's beginning to the first settlement of a trade sent after it: the lease lapses and is taken, the copy is promoted, the queue is
 * filled again. A ledger that is broken where all else lives costs more: the holder gives it a minute, and the other one too.
 */
export const settlementGoalMs = (fault: string): number => (fault === "database-failure" ? 210_000 : 100_000);

/** Holds the time promises up to a run with one fault. */
export function judgeTimes(told: readonly Told[], findings: Findings): void {
  for (const { kind, trade, dueAt, at } of told) {
    const goal = GOALS[kind];
    if (goal !== undefined && at - dueAt > goal)
      findings.add(`a ${kind} client is answered within ${goal / 1000} s`, `${trade.key} waited ${Math.round(at - dueAt)} ms`);
  }
}
