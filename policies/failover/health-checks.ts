import { flag, integer } from "../support/config";
import { stackPolicy } from "../support/policy";
import { HEALTH_CHECK, RECORD } from "../support/types";
import { isAbsent, isFalse, isTrue, list, number, passes, UNKNOWN } from "../support/values";

const ROUTED = ["failoverRoutingPolicies", "weightedRoutingPolicies", "latencyRoutingPolicies"];

/** AWS counts a disabled health check as healthy, and a new one too. */
export const healthChecks = stackPolicy({
  name: "health-checks",
  rule: "Routed records move with health checks that are on, protected, quick, and of every region.",
  severity: "critical",
  mend: "give each routed record a healthCheckId and a ttl within the limit, both sides of a failover pair a record, and the checks protect: true, disabled: false, requestInterval and failureThreshold within the limits",
  options: {
    intervalSeconds: integer(30, { minimum: 10, maximum: 30 }, "Most seconds between two checks."),
    threshold: integer(3, { minimum: 1, maximum: 10 }, "Most failed checks until a region counts as down."),
    ttlSeconds: integer(60, { minimum: 1, maximum: 300 }, "Most seconds that a routed record may be kept by resolvers."),
    protect: flag(true, "Whether health checks must be protected."),
  },
  judge: (stack, report, { intervalSeconds, threshold, ttlSeconds, protect }) => {
    for (const check of stack.of(HEALTH_CHECK)) {
      const { disabled, type, requestInterval, failureThreshold, childHealthchecks, childHealthThreshold } = check.props;
      if (!passes(disabled, isFalse)) report("it is disabled, which Route 53 takes for healthy", check);
      if (protect && !check.opts.protect) report("it is not protected: made anew, it would start healthy (protect)", check);
      if (type === "CALCULATED") {
        const children = list(childHealthchecks).length;
        if (children === 0) report("it is calculated from no check (childHealthchecks)", check);
        else if (childHealthchecks !== UNKNOWN && childHealthThreshold !== UNKNOWN && (number(childHealthThreshold) ?? 0) < 1) {
          report("childHealthThreshold of 0 is always healthy", check);
        }
        continue;
      }
      if (!passes(requestInterval, (value) => (number(value) ?? (value === undefined ? 30 : 99)) <= intervalSeconds)) {
        report(`requestInterval is more than ${intervalSeconds}`, check);
      }
      if (!passes(failureThreshold, (value) => (number(value) ?? (value === undefined ? 3 : 99)) <= threshold)) {
        report(`failureThreshold is more than ${threshold}`, check);
      }
    }
    const isAnyNameOpen = stack.of(RECORD).some(({ props }) => props.name === UNKNOWN || props.type === UNKNOWN);
    for (const record of stack.of(RECORD)) {
      if (!ROUTED.some((key) => !isAbsent(record.props[key]))) continue;
      if (isAbsent(record.props.healthCheckId)) report("it has no healthCheckId, so it is always healthy", record);
      if (
        isAbsent(record.props.aliases) &&
        !passes(record.props.ttl, (value) => (number(value) ?? Number.POSITIVE_INFINITY) <= ttlSeconds)
      ) {
        report(`ttl is more than ${ttlSeconds}`, record);
      }
      if (
        list(record.props.aliases).some(
          (alias) => typeof alias === "object" && alias !== null && "evaluateTargetHealth" in alias && isTrue(alias.evaluateTargetHealth),
        )
      ) {
        report("evaluateTargetHealth lets AWS's view of a load balancer move traffic past the lease", record);
      }
      const twins = stack.of(RECORD).filter(({ props }) => props.name === record.props.name && props.type === record.props.type);
      if (record.props.name !== UNKNOWN && !isAnyNameOpen && twins.length < 2) report("it is routed and the only one of its name", record);
    }
  },
});
