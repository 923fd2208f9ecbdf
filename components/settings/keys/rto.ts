import * as v from "valibot";
import { key } from "../key";
import { rtoParts, rtoSeconds } from "../rto-budget";
import { integer, oneNumberOf } from "../value";

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
        healthCheckThreshold: key(integer(1, 10), {
          default: 2,
          what: "Failed checks in a row until a region counts as down.",
          onlyWith: withDomain,
        }),
        recordTtlSeconds: key(integer(1, 240), { default: 10, what: "TTL of the public name's records.", onlyWith: withDomain }),
        // The fastest checks and the shortest TTL come to 32 s.
        budgetSeconds: key(integer(32, 600), {
          default: 60,
          what: "Longest time, at worst, from a region's death to clients of the public name being answered by the other one. Raise deadSeconds of the policy pack with it.",
          onlyWith: withDomain,
        }),
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
      v.forward(
        v.partialCheck(
          [["healthCheckIntervalSeconds"], ["healthCheckThreshold"], ["recordTtlSeconds"], ["budgetSeconds"]],
          ({ budgetSeconds, ...switching }) => rtoSeconds(switching) <= budgetSeconds,
          ({ input }) =>
            `at least ${rtoSeconds(input)}, which is the sum of ${rtoParts(input)
              .map(({ seconds, what }) => `${seconds} s (${what})`)
              .join(", ")}`,
        ),
        ["budgetSeconds"],
      ),
    ),
  }),
  v.title("Time to recover"),
);
