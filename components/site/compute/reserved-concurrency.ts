import { PARTS_AT_ONCE } from "../../../contract/steps";

/**
 * Runs that are kept free for what keeps the lease, moves it and answers for it: a region's traffic, or anybody's requests, must not be able to take
 * them. The rest of the account's concurrency is the others'.
 */
export const RESERVED_CONCURRENCY: Readonly<Record<string, number>> = {
  // Two runs overlap, and an alarm may start a third.
  sentinel: 5,
  "lease-step": 5,
  "database-step": 5,
  // One a minute, the parts of a move's step, and one that was given up and goes on all the same.
  reconciler: PARTS_AT_ONCE + 2,
  // Some 15 checkers each ten seconds, and clients that ask where the activity is.
  control: 20,
};
