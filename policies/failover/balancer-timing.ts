import { integer } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { LOAD_BALANCERS, TARGET_GROUPS } from "../support/types";
import { at, isAbsent, isFalse, list, number, UNKNOWN, type Value } from "../support/values";

/** What AWS takes where nothing is said. */
const DEFAULTS = { clientKeepAlive: 3600, deregistrationDelay: 300, slowStart: 0, interval: 30, timeout: 5, unhealthyThreshold: 3 };

/** Clients follow a name when their connections end, and a server that is dead or going takes no more requests. */
export const balancerTiming = resourcePolicy({
  name: "balancer-timing",
  rule: "Load balancers give up a server that does not answer, and let go of clients and of servers that go, within the time to recover.",
  severity: "high",
  mend: "set clientKeepAlive on the load balancer; deregistrationDelay, slowStart: 0 and healthCheck.interval, timeout and unhealthyThreshold on the target group",
  types: [...LOAD_BALANCERS, ...TARGET_GROUPS],
  options: {
    keepAliveSeconds: integer(
      60,
      { minimum: 60, maximum: 604_800 },
      "Longest time that a client's connection is kept; AWS takes no less than 60.",
    ),
    deregistrationSeconds: integer(60, { minimum: 0, maximum: 3_600 }, "Longest time that a server that goes still gets requests."),
    checkSeconds: integer(30, { minimum: 5, maximum: 600 }, "Longest time until a server that does not answer gets no more requests."),
  },
  judge: ({ type, props }, report, { keepAliveSeconds, deregistrationSeconds, checkSeconds }) => {
    const seconds = (value: Value, byDefault: number): number | undefined => (isAbsent(value) ? byDefault : number(value));
    const within = (value: Value, byDefault: number, most: number, what: string): void => {
      if (value === UNKNOWN) return;
      const found = seconds(value, byDefault);
      if (found === undefined || found > most) report(`${what} is ${found ?? "no number"}, more than ${most} s`);
    };
    if (LOAD_BALANCERS.some((one) => one === type)) {
      within(props.clientKeepAlive, DEFAULTS.clientKeepAlive, keepAliveSeconds, "clientKeepAlive");
      return;
    }
    within(props.deregistrationDelay, DEFAULTS.deregistrationDelay, deregistrationSeconds, "deregistrationDelay");
    within(props.slowStart, DEFAULTS.slowStart, 0, "slowStart");
    const check = list(props.healthCheck)[0];
    if (check === UNKNOWN) return;
    const enabled = at(check, "enabled");
    if (!isAbsent(enabled) && enabled !== UNKNOWN && isFalse(enabled))
      report("healthCheck.enabled is false: nobody asks whether a server answers");
    const part = (key: "interval" | "unhealthyThreshold" | "timeout"): { readonly value: Value; readonly byDefault: number } => ({
      value: at(check, key),
      byDefault: DEFAULTS[key],
    });
    const parts = [part("interval"), part("unhealthyThreshold"), part("timeout")];
    if (parts.some(({ value }) => value === UNKNOWN)) return;
    const [interval, threshold, timeout] = parts.map(({ value, byDefault }) => seconds(value, byDefault));
    const worst = interval === undefined || threshold === undefined || timeout === undefined ? undefined : interval * threshold + timeout;
    if (worst === undefined || worst > checkSeconds)
      report(
        `healthCheck takes ${worst ?? "no number of"} s (interval × unhealthyThreshold + timeout) to give up a server, more than ${checkSeconds} s`,
      );
  },
});
