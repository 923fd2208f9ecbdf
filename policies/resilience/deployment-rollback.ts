import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { SERVICE } from "../support/types";
import { at, isTrue, list, number, passes, UNKNOWN } from "../support/values";

/** A version that does not come up is taken back while the one before it serves. */
export const deploymentRollback = resourcePolicy({
  name: "deployment-rollback",
  rule: "Services keep what serves until its successor does, and take a failed deployment back.",
  severity: "medium",
  mend: "set deploymentCircuitBreaker { enable: true, rollback: true } and deploymentMinimumHealthyPercent: 100",
  types: [SERVICE],
  options: { rollback: flag(true, "Whether a failed deployment must be taken back by itself.") },
  judge: ({ props }, report, { rollback }) => {
    const breaker = list(props.deploymentCircuitBreaker)[0];
    if (!passes(at(breaker, "enable"), isTrue)) report("deploymentCircuitBreaker.enable is not true");
    if (rollback && !passes(at(breaker, "rollback"), isTrue)) report("deploymentCircuitBreaker.rollback is not true");
    const { deploymentMinimumHealthyPercent: least } = props;
    // AWS's default is 100.
    if (least !== UNKNOWN && least !== undefined && least !== null && (number(least) ?? 0) < 100)
      report("deploymentMinimumHealthyPercent is below 100: an update takes servers away before it has brought others");
  },
});
