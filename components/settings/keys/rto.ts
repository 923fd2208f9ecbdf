import * as v from "valibot";
import { key } from "../key";
import { rtoSeconds } from "../rto-budget";
import { integer, oneNumberOf } from "../value";

/** Seconds. */
const GOAL = 60;
const withDomain = { key: "domainName" };

export const RTO = v.pipe(
  v.object({
    rto: v.pipe(
      v.object({
        // What Route 53 offers.
        healthCheckIntervalSeconds: key(oneNumberOf(10, 30), {
          default: 10,
          what: "Time between two checks of a region.",
          onlyWith: withDomain,
        }),
        // With five, or a TTL above 40 s, no interval is within the goal.
        healthCheckThreshold: key(integer(1, 4), {
          default: 2,
          what: "Failed checks in a row until a region counts as down.",
          onlyWith: withDomain,
        }),
        recordTtlSeconds: key(integer(1, 40), { default: 10, what: "TTL of the public name's records.", onlyWith: withDomain }),
        leaseLengthSeconds: key(integer(10, 60), { default: 15, what: "Time without renewal until the lease counts as lapsed." }),
        leaseRenewalSeconds: key(integer(1, 30), {
          default: 5,
          what: "Time between two renewals, at most half of the lease's length.",
        }),
        leaseLimitSeconds: key(integer(30, 600), {
          default: 60,
          what: "Time without renewal after which the lease is taken even from a region that answers; not below the lease's length.",
        }),
        maxSwitchoverLagSeconds: key(integer(1, 60), { default: 5, what: "Replication lag above which a switchover is refused." }),
      }),
      v.forward(
        v.partialCheck(
          [["leaseLengthSeconds"], ["leaseRenewalSeconds"]],
          ({ leaseLengthSeconds, leaseRenewalSeconds }) => leaseRenewalSeconds * 2 <= leaseLengthSeconds,
          ({ input }) => `at most half of rto.leaseLengthSeconds, which is ${input.leaseLengthSeconds}`,
        ),
        ["leaseRenewalSeconds"],
      ),
      v.forward(
        v.partialCheck(
          [["leaseLengthSeconds"], ["leaseLimitSeconds"]],
          ({ leaseLengthSeconds, leaseLimitSeconds }) => leaseLimitSeconds >= leaseLengthSeconds,
          ({ input }) => `at least rto.leaseLengthSeconds, which is ${input.leaseLengthSeconds}`,
        ),
        ["leaseLimitSeconds"],
      ),
      v.partialCheck(
        [["healthCheckIntervalSeconds"], ["healthCheckThreshold"], ["recordTtlSeconds"]],
        (rto) => rtoSeconds(rto) <= GOAL,
        ({ input }) =>
          `an interval, a threshold and a TTL of at most ${GOAL} s together; ${input.healthCheckIntervalSeconds} s × ${input.healthCheckThreshold} and a TTL of ${input.recordTtlSeconds} s are ${rtoSeconds(input)} s at worst`,
      ),
    ),
  }),
  v.title("Time to recover"),
);
