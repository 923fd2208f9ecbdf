import type { ClientKind, TradeRecord } from "./record";

/** How long a client kind had to do without an answer, from the fault on. */
export interface Waiting {
  /** Undefined: some trade that was due after the fault was never accepted, or there was none. */
  readonly worstMs: number | undefined;
  readonly worstClient: number | undefined;
}

/**
 * Acceptance RTO, taken strictly: of all trades that were waiting at the fault or sent after it, the longest wait for a 202 (counted from the
 * fault if the trade was older). It is never shorter than the plain "first 202 after the fault", and it also shows an outage that comes later.
 */
export function acceptanceRto(records: readonly TradeRecord[], kind: ClientKind, faultMs: number): Waiting {
  let worstMs: number | undefined;
  let worstClient: number | undefined;
  for (const record of records) {
    if (record.kind !== kind) continue;
    if (record.rejected !== undefined) continue;
    if (record.accepted === undefined) return { worstMs: undefined, worstClient: record.client };
    if (record.accepted.atMs < faultMs) continue;
    const wait = record.accepted.atMs - Math.max(faultMs, record.dueMs);
    if (worstMs === undefined || wait > worstMs) {
      worstMs = wait;
      worstClient = record.client;
    }
  }
  return { worstMs, worstClient };
}

/** Settlement RTO: from the fault to the first settlement of a trade that was first sent after it. `settledAt` gives a trade's time of settlement. */
export function settlementRto(
  records: readonly TradeRecord[],
  faultMs: number,
  settledAtMs: (key: string) => number | undefined,
): number | undefined {
  let first: number | undefined;
  for (const { dueMs, key, accepted } of records) {
    if (dueMs < faultMs || accepted === undefined) continue;
    const at = settledAtMs(key);
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first === undefined ? undefined : Math.max(0, first - faultMs);
}

/** Counts by second, for the chart. */
export function perSecond(timesMs: readonly number[], seconds: number): number[] {
  const counts = new Array<number>(Math.max(1, Math.ceil(seconds))).fill(0);
  for (const time of timesMs) {
    const second = Math.floor(time / 1000);
    if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
