import type { LeaseStore, Log } from "../ports";

export interface TakeRequest {
  /** The epoch that the caller saw. The lease is taken only if it still stands there; absent or null: whatever it is now, also from this region itself. */
  readonly expectedEpoch?: number | null;
  /** The renewals that the caller saw: a holder that has renewed since is alive, and keeps the lease. Absent or null: whatever has been renewed. */
  readonly renewals?: number | null;
}

export interface TakeResult {
  readonly taken: boolean;
  readonly epoch: number;
  readonly holder: string;
  readonly reason?: string;
}

/**
 * What the state machines send: `{action: "take", expectedEpoch, renewals}`.
 * @throws for anything else: a test event from a console or a stray schedule must not move the lease
 */
export function takeRequest(event: unknown): TakeRequest {
  const { action, expectedEpoch = null, renewals = null } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const isCount = (value: unknown): value is number | null => value === null || (Number.isInteger(value) && Number(value) >= 0);
  if (action !== "take" || !isCount(expectedEpoch) || !isCount(renewals))
    throw new Error(
      `not a request to take the lease: ${JSON.stringify(event)?.slice(0, 200)}; allowed: {action: "take", expectedEpoch, renewals: number or null}`,
    );
  return { expectedEpoch, renewals };
}

/**
 * Takes the lease for `region`. Run again after any crash with the same `expectedEpoch`, it ends the same: a lease that this very step has taken
 * counts as taken. Without one, each run takes an epoch of its own.
 */
export async function takeLease(
  request: TakeRequest,
  lease: Pick<LeaseStore, "read" | "take">,
  region: string,
  log: Log,
): Promise<TakeResult> {
  const before = await lease.read();
  // Not "superseded", which would be a success and leave no second start under this name: it fails, and may be started again.
  if (!before) throw new Error("there is no lease to take: the bootstrap has not run, or the table did not tell");
  const expectedEpoch = request.expectedEpoch ?? undefined;
  // A move that a person starts begins under an epoch of its own even where this region holds the lease: whatever is still on its way of the move before then fails
  // at the stores.
  const mine = before.holder === region && expectedEpoch !== undefined && before.epoch === expectedEpoch + 1;
  if (mine) return { taken: true, epoch: before.epoch, holder: region };
  if (expectedEpoch !== undefined && before.epoch !== expectedEpoch) {
    return {
      taken: false,
      epoch: before.epoch,
      holder: before.holder,
      reason: `superseded: the lease is at epoch ${before.epoch}, not at ${expectedEpoch}`,
    };
  }
  const renewals = request.renewals ?? undefined;
  if (renewals !== undefined && before.renewals !== renewals) {
    const reason = `superseded: ${before.holder} has renewed the lease since it was called lapsed`;
    return { taken: false, epoch: before.epoch, holder: before.holder, reason };
  }
  // A move that this region begins again is still the one that a watcher once forced.
  const forced = renewals !== undefined || (before.holder === region && before.forcedEpoch === before.epoch);
  const taken = await lease.take(region, before.epoch, { renewals, forced });
  if (taken) {
    log.warn("lease taken", { epoch: taken.epoch, from: before.holder });
    return { taken: true, epoch: taken.epoch, holder: region };
  }
  // Somebody was faster, or an earlier try of this write did land and its answer was lost.
  const after = await lease.read();
  const landed = after?.holder === region && after.epoch === before.epoch + 1;
  return landed
    ? { taken: true, epoch: after.epoch, holder: region }
    : { taken: false, epoch: after?.epoch ?? before.epoch, holder: after?.holder ?? "", reason: "another actor took the lease first" };
}
