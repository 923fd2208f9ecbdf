/** What decides how long clients of the public name wait at worst. */
export interface Switching {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
}

/** Route 53's own time from a checker's verdict to the answers of its name servers, and a client's own retry. */
const PROPAGATION_SECONDS = 10;

/** Worst case from a primary's death to a client that honours the TTL being answered by the other region. */
export const rtoSeconds = ({ healthCheckIntervalSeconds, healthCheckThreshold, recordTtlSeconds }: Switching): number =>
  healthCheckIntervalSeconds * healthCheckThreshold + PROPAGATION_SECONDS + recordTtlSeconds;
