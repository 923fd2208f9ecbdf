import type { Lease } from "./model";

/** How long a watcher has seen the same renewal, by its own monotonic clock. Wall clocks are never compared. */
export interface Watch {
  readonly epoch: number;
  readonly renewals: number;
  /** Monotonic milliseconds at which this renewal was first seen. */
  readonly since: number;
  /** Monotonic milliseconds of the last look. */
  readonly lookedAt: number;
}

/**
 * Takes a look at the lease into account. A look that comes much later than planned proves nothing: the watcher itself may have been frozen, so
 * it begins anew. `maxGapMs`: the longest pause between two looks that still counts as watching.
 */
export function look(before: Watch | undefined, lease: Lease, now: number, maxGapMs: number): Watch {
  const same = before?.epoch === lease.epoch && before.renewals === lease.renewals && now - before.lookedAt <= maxGapMs;
  return { epoch: lease.epoch, renewals: lease.renewals, since: same ? before.since : now, lookedAt: now };
}

export interface LapseLimits {
  /** Unchanged for this long, and the holder's endpoint does not answer: lapsed. */
  readonly leaseLengthMs: number;
  /** Unchanged for this long: lapsed, whatever the endpoint says. A region that serves and can't settle must not go on for ever. */
  readonly leaseLimitMs: number;
}

/** Ticks of a quarter of an hour: each region's runs overlap, and an alarm or a doubled event starts one more. */
const PROBATION_MS = 900_000;
const RUNS_AT_ONCE = 3;

/**
 * Was the lease taken by force less than a quarter of an hour ago? What silenced the holder before may silence this one too, and then a move mends nothing, and the
 * next one neither. Time is counted in ticks that somebody has written down, the holder's renewals and the watcher's refraining: no clocks are compared.
 */
export const isOnProbation = ({ epoch, forcedEpoch, renewals, refrained = 0 }: Lease, renewalMs: number): boolean =>
  forcedEpoch === epoch && (renewals + refrained) * renewalMs < PROBATION_MS * RUNS_AT_ONCE;

export type Verdict = "held" | "ask-the-endpoint" | "lapsed";

/** A holder that has asked to be relieved is taken at its word. */
export function judge(lease: Lease, watch: Watch, { leaseLengthMs, leaseLimitMs }: LapseLimits): Verdict {
  if (lease.resignedEpoch === lease.epoch) return "lapsed";
  const unchanged = watch.lookedAt - watch.since;
  if (unchanged >= leaseLimitMs) return "lapsed";
  return unchanged >= leaseLengthMs ? "ask-the-endpoint" : "held";
}
