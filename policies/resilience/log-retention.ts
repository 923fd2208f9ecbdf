import { integer } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { ARCHIVE, LOG_GROUP } from "../support/types";
import { number, passes } from "../support/values";

/** Long enough for who investigates, and not for ever. */
export const logRetention = resourcePolicy({
  name: "log-retention",
  rule: "Log groups and event archives are kept for a set time.",
  severity: "medium",
  mend: "set retentionInDays (log groups) or retentionDays (archives) within the configured days",
  types: [LOG_GROUP, ARCHIVE],
  options: {
    minDays: integer(30, { minimum: 1, maximum: 3653 }, "Least days that logs are kept."),
    maxDays: integer(3653, { minimum: 1, maximum: 3653 }, "Most days that logs are kept; 0 in a log group means for ever, which is more."),
  },
  judge: ({ type, props }, report, { minDays, maxDays }) => {
    const key = type === ARCHIVE ? "retentionDays" : "retentionInDays";
    const within = (value: unknown): boolean => {
      const days = typeof value === "number" || typeof value === "string" ? number(value) : undefined;
      return days !== undefined && days >= minDays && days <= maxDays;
    };
    if (!passes(props[key], within)) report(`${key} is not between ${minDays} and ${maxDays}`);
  },
});
