import type { TradeRecord } from "../drill/record";
import type { Moments, Segment } from "./model";

/** Cuts the time from the fault to `endMs` at the moments between, in order. The time after the last one is `rest`. */
function cut(
  faultMs: number | undefined,
  endMs: number | undefined,
  steps: readonly (readonly [Segment["name"], number | undefined])[],
  rest: Segment["name"],
): Segment[] {
  if (faultMs === undefined || endMs === undefined || endMs <= faultMs) return [];
  const segments: Segment[] = [];
  let from = faultMs;
  for (const [name, at] of steps) {
    if (at === undefined || at <= from) continue;
    const to = Math.min(at, endMs);
    if (to > from) segments.push({ name, ms: Math.round(to - from) });
    from = to;
  }
  if (endMs > from) segments.push({ name: rest, ms: Math.round(endMs - from) });
  return segments;
}

/**
 * A client that follows DNS waits for the failover to be noticed and decided, and for the name. Only a wait that lasted past the fault counts:
 * `answeredMs` is when the trade with the longest wait was accepted.
 */
export const acceptanceSegments = (
  { faultMs, detectedMs, leaseMovedMs, nameMovedMs }: Moments,
  answeredMs: number | undefined,
): Segment[] =>
  cut(
    faultMs,
    answeredMs,
    [
      ["detection", detectedMs],
      ["decision", leaseMovedMs],
      ["cutover", nameMovedMs],
    ],
    "client",
  );

/** client/ waits for nobody: its own tries are all there is. */
export const smartClientSegments = (faultMs: number | undefined, worst: TradeRecord | undefined): Segment[] =>
  cut(faultMs === undefined ? undefined : Math.max(faultMs, worst?.dueMs ?? 0), worst?.accepted?.atMs, [], "client");

/** Settlement waits for the ledger, too. */
export const settlementSegments = ({ faultMs, detectedMs, leaseMovedMs, promotedMs, fenceMs, firstSettledMs }: Moments): Segment[] =>
  cut(
    faultMs,
    firstSettledMs,
    [
      ["detection", detectedMs],
      ["decision", leaseMovedMs],
      ["promotion", promotedMs],
      ["fence", fenceMs],
    ],
    "settlement",
  );
