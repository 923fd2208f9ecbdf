/**
 * What all SDK clients have in common. A frozen region does not refuse, it hangs: without deadlines of our own one call could hold a
 * function for minutes, so each try is bounded, and so is the number of tries. `requestTimeout` ends with the answer's head,
 * `socketTimeout` is for a body that stops coming.
 */
export interface ClientLimits {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

export function limits(requestTimeoutMs: number, maxAttempts = 3): ClientLimits {
  return {
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(1_000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}

/** Is this the named error of an AWS service? */
export const isAwsError = (error: unknown, ...names: readonly string[]): boolean => error instanceof Error && names.includes(error.name);
