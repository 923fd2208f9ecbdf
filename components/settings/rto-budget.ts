/** The settings that decide how long clients of the public name wait at worst. All in seconds but the threshold. */
export interface RtoSettings {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
  readonly leaseLengthSeconds: number;
  readonly leaseRenewalSeconds: number;
}

/** Route 53's own time from a checker's verdict to the answers of its name servers, and a client's own retry. */
const PROPAGATION_SECONDS = 10;
/** Start of the failover execution and its first step, the taking of the lease. */
const TAKE_SECONDS = 5;

export interface RtoBudget {
  /** A dead primary: check A fails. */
  readonly deadSeconds: number;
  /** A primary that answers and has lost the lease: check B turns after the lease was taken. Not an outage of acceptance: the primary accepts meanwhile. */
  readonly fencedSeconds: number;
}

/** Worst case from the fault to a client that honours the TTL being answered by the other region. */
export function rtoBudget(rto: RtoSettings): RtoBudget {
  const check = rto.healthCheckIntervalSeconds * rto.healthCheckThreshold;
  const answers = PROPAGATION_SECONDS + rto.recordTtlSeconds;
  return {
    deadSeconds: check + answers,
    fencedSeconds: rto.leaseLengthSeconds + rto.leaseRenewalSeconds + TAKE_SECONDS + check + answers,
  };
}
