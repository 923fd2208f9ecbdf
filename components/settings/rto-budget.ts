/** What decides how long clients of the public name wait at worst. */
export interface Switching {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
}

export interface Part {
  readonly seconds: number;
  readonly what: string;
}

/** Route 53 gives a server four seconds to take the connection and two to answer (AWS). One that is frozen costs both. */
const CONNECT_SECONDS = 4;
const ANSWER_SECONDS = 2;
/** Route 53's own time from its checkers' verdict to the answers of its name servers. */
const PROPAGATION_SECONDS = 10;
/** A request to the dead region that was on its way when the name moved. */
const LAST_REQUEST_SECONDS = 5;

/** Each second from a primary's death to a client that honours the TTL being answered by the other region, at worst. */
export const rtoParts = ({
  healthCheckIntervalSeconds: interval,
  healthCheckThreshold: threshold,
  recordTtlSeconds,
}: Switching): readonly Part[] => [
  { seconds: interval, what: "until the next check begins" },
  { seconds: interval * (threshold - 1), what: `${threshold - 1} more checks` },
  { seconds: CONNECT_SECONDS, what: "the last one waits for a connection" },
  { seconds: ANSWER_SECONDS, what: "and for an answer" },
  { seconds: PROPAGATION_SECONDS, what: "from the verdict to Route 53's answers" },
  { seconds: recordTtlSeconds, what: "TTL of an answer that was got just before" },
  { seconds: LAST_REQUEST_SECONDS, what: "a client's last request to the dead region" },
];

export const rtoSeconds = (switching: Switching): number => rtoParts(switching).reduce((sum, { seconds }) => sum + seconds, 0);
