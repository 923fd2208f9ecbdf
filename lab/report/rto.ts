import type { ClientKind, TradeRecord } from "../drill/record";

/** How long a kind of client waited for an answer, counted from the fault. */
export interface Waiting {
  /** Undefined: some trade that was due after the fault was never accepted, or there was none. */
  readonly worstMs: number | undefined;
  /** The trade that waited longest. */
  readonly worst: TradeRecord | undefined;
}

/**
 * Acceptance RTO, taken strictly: of all trades that were waiting at the fault or sent after it, the longest wait for a 202 (counted from the
 * fault if the trade was older). It is never shorter than the plain "first 202 after the fault", and it also shows an outage that comes later.
 */
export function acceptanceRto(records: readonly TradeRecord[], kind: ClientKind, faultMs: number): Waiting {
  let worstMs: number | undefined;
  let worst: TradeRecord | undefined;
  for (const record of records) {
    if (record.kind !== kind) continue;
    if (record.rejected !== undefined) continue;
    if (record.accepted === undefined) return { worstMs: undefined, worst: record };
    if (record.accepted.atMs < faultMs) continue;
    const wait = record.accepted.atMs - Math.max(faultMs, record.dueMs);
    if (worstMs === undefined || wait > worstMs) {
      worstMs = wait;
      worst = record;
    }
  }
  return { worstMs, worst };
}

/** Counts by second, for the charts. */
export function perSecond(timesMs: readonly number[], seconds: number): number[] {
  const counts = new Array<number>(Math.max(1, Math.ceil(seconds))).fill(0);
  for (const time of timesMs) {
    const second = Math.floor(time / 1000);
    if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
