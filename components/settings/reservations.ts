import { isServed } from "../../contract/placement";
import { PARTS_AT_ONCE } from "../../contract/steps";
import type { Settings } from "./settings";

/**
 * Runs that are kept free for what keeps the lease, moves it and answers for it: a region's traffic, or anybody's requests, must not be able to take
 * them. The rest of the account's concurrency is the others'.
 */
const KEPT_FREE: Readonly<Record<string, number>> = {
  // Two runs overlap, and an alarm may start a third.
  sentinel: 5,
  "lease-step": 5,
  "database-step": 5,
  // One a minute, the parts of a move's step, and one that was given up and goes on all the same.
  reconciler: PARTS_AT_ONCE + 2,
};
/** Some 15 checkers each ten seconds, and clients that ask where the activity is. */
const CONTROL = 20;

/** Of each of a site's functions that has concurrency of its own, how much. */
export function reservations({ capacity, compute }: Pick<Settings, "capacity" | "compute">): Readonly<Record<string, number>> {
  const { reserve, intakeConcurrency } = capacity;
  return {
    ...(reserve ? KEPT_FREE : {}),
    ...(reserve && !isServed(compute) ? { control: CONTROL } : {}),
    ...(intakeConcurrency === undefined ? {} : { "trade-intake": intakeConcurrency }),
  };
}
