import { integer } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { CLUSTER, DB_INSTANCE, TABLE } from "../support/types";
import { at, isTrue, list, number, passes } from "../support/values";

/** Replication copies a mistake as fast as a trade. Only an older state undoes it. */
export const pointInTimeRecovery = resourcePolicy({
  name: "point-in-time-recovery",
  rule: "Tables, in every region, and databases can be set back to any second of the last days.",
  severity: "high",
  mend: "set pointInTimeRecovery.enabled on the table, pointInTimeRecovery on each replica, and backupRetentionPeriod on databases",
  types: [TABLE, CLUSTER, DB_INSTANCE],
  options: { databaseDays: integer(7, { minimum: 1, maximum: 35 }, "Least days that a database can be set back.") },
  judge: ({ type, props }, report, { databaseDays }) => {
    if (type !== TABLE) {
      if (
        !passes(props.backupRetentionPeriod, (value) => (number(value) ?? 1) >= databaseDays && value !== null && typeof value !== "object")
      ) {
        report(`backupRetentionPeriod is less than ${databaseDays} days`);
      }
      return;
    }
    if (!passes(at(props, "pointInTimeRecovery", "enabled"), isTrue)) report("pointInTimeRecovery.enabled is not true");
    for (const replica of list(props.replicas)) {
      if (!passes(at(replica, "pointInTimeRecovery"), isTrue)) report("a replica has no pointInTimeRecovery");
    }
  },
});
