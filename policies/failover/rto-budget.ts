import { integer, text } from "../support/config";
import { stackPolicy } from "../support/policy";
import { dnsDelays, fenceDelays, settlementDelays, type Delay } from "../support/rto";

/** "20 s (10 s × 2 checks) + 10 s (…) = 30 s". */
function sum(parts: readonly { readonly seconds: number; readonly what: string }[]): {
  readonly seconds: number;
  readonly written: string;
} {
  const seconds = parts.reduce((total, part) => total + part.seconds, 0);
  return { seconds, written: `${parts.map((part) => `${part.seconds} s (${part.what})`).join(" + ")} = ${seconds} s` };
}

/** The worst case of a failover, added up from what is registered. */
export const rtoBudget = stackPolicy({
  name: "rto-budget",
  rule: "The worst case of a failover, computed from the registered checks, TTLs, leases and timeouts, is within the budget.",
  severity: "critical",
  mend: "shorten the largest part of the sum (requestInterval × failureThreshold, the record's ttl, LEASE_LENGTH_SECONDS, the machine's TimeoutSeconds), replace aliases by CNAMEs with a TTL, or raise the budget in the policy's configuration",
  options: {
    deadSeconds: integer(
      60,
      { minimum: 1, maximum: 86_400 },
      "Budget from a region's death to clients of the public name being answered by the other.",
    ),
    fencedSeconds: integer(
      90,
      { minimum: 1, maximum: 86_400 },
      "Budget from the loss of the lease to the other region holding it and being answered by.",
    ),
    settlementSeconds: integer(
      3_900,
      { minimum: 1, maximum: 86_400 },
      "Budget from a region's death to the end of the failover's state machine.",
    ),
    checkSeconds: integer(
      6,
      { minimum: 0, maximum: 60 },
      "How long a check takes to fail: AWS gives four seconds for the connection and two for the answer.",
    ),
    lastRequestSeconds: integer(
      5,
      { minimum: 0, maximum: 300 },
      "A client's time-out for a request that went to the dead region just before the name moved.",
    ),
    aggregationSeconds: integer(
      10,
      { minimum: 0, maximum: 300 },
      "Route 53's own time from the checkers' verdict to its name servers' answers.",
    ),
    aliasTtlSeconds: integer(
      60,
      { minimum: 1, maximum: 300 },
      "TTL of alias records, which AWS sets: 60 s for load balancers and API Gateway.",
    ),
    takeSeconds: integer(5, { minimum: 0, maximum: 300 }, "Start of the failover's execution and its first step, the taking of the lease."),
    machines: text("failover", "What the names of failover state machines match, a regular expression."),
  },
  judge: (stack, report, settings) => {
    const check = (about: Delay, budget: number, what: string): void => {
      const { seconds, written } = sum(about.parts);
      if (seconds > budget) report(`${what}: ${written}, and the budget is ${budget} s`, about.member);
    };
    const records = dnsDelays(stack, settings);
    for (const record of records) {
      if (record.problem === undefined) check(record, settings.deadSeconds, "a dead region is answered for");
      else report(record.problem, record.member);
    }
    const slowest = records.filter(({ problem }) => problem === undefined).map(({ parts }) => sum(parts).seconds);
    for (const fence of fenceDelays(stack, settings)) {
      if (fence.problem !== undefined) report(fence.problem, fence.member);
      else {
        const dns =
          slowest.length === 0 ? [] : [{ seconds: Math.max(...slowest), what: "checks, aggregation, TTL and last request as above" }];
        check({ ...fence, parts: [...fence.parts, ...dns] }, settings.fencedSeconds, "a region without the lease is answered for");
      }
      for (const machine of settlementDelays(stack, new RegExp(settings.machines, "i"))) {
        if (machine.member.region !== fence.member.region) continue;
        if (machine.problem !== undefined) report(machine.problem, machine.member);
        else if (fence.problem === undefined)
          check({ ...machine, parts: [...fence.parts, ...machine.parts] }, settings.settlementSeconds, "settlement goes on");
      }
    }
  },
});
