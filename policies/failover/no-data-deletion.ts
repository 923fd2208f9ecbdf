import { flag, integer } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { BUCKET, CLUSTER, CLUSTER_INSTANCE, DB_INSTANCE, GLOBAL_CLUSTER, KEY, REPOSITORY, SECRET, VAULT } from "../support/types";
import { isAbsent, isFalse, isText, isTrue, number, passes } from "../support/values";

const FORCED: Readonly<Record<string, string>> = {
  [BUCKET]: "forceDestroy",
  [GLOBAL_CLUSTER]: "forceDestroy",
  [CLUSTER_INSTANCE]: "forceDestroy",
  [VAULT]: "forceDestroy",
  [REPOSITORY]: "forceDelete",
  "aws:route53/zone:Zone": "forceDestroy",
};

/** Data outlives its resource for a while, even after a deliberate deletion. */
export const noDataDeletion = resourcePolicy({
  name: "no-data-deletion",
  rule: "Deleting a resource leaves its data: no forced deletion, a final snapshot, a time to take it back.",
  severity: "critical",
  mend: "set forceDestroy and forceDelete to false, skipFinalSnapshot: false with finalSnapshotIdentifier, deleteAutomatedBackups: false for single instances, recoveryWindowInDays and deletionWindowInDays to at least the configured days",
  types: [...Object.keys(FORCED), CLUSTER, DB_INSTANCE, SECRET, KEY],
  options: {
    windowDays: integer(7, { minimum: 7, maximum: 30 }, "Least days in which a secret or key can be taken back."),
    required: flag(true, "Whether it is required; a stack that will be thrown away may do without."),
  },
  judge: ({ type, props }, report, { windowDays, required }) => {
    if (!required) return;
    const forced = FORCED[type];
    if (forced !== undefined && !passes(props[forced], isFalse)) report(`${forced} is not false`);
    if (type === CLUSTER || type === DB_INSTANCE) {
      if (!passes(props.skipFinalSnapshot, isFalse)) report("skipFinalSnapshot is not false");
      else if (!isTrue(props.skipFinalSnapshot) && !passes(props.finalSnapshotIdentifier, isText))
        report("finalSnapshotIdentifier is not set");
    }
    const window = type === SECRET ? "recoveryWindowInDays" : type === KEY ? "deletionWindowInDays" : undefined;
    if (window === undefined || isAbsent(props[window])) return; // AWS's own window is 30 days.
    if (!passes(props[window], (value) => (number(value) ?? 0) >= windowDays)) report(`${window} is less than ${windowDays}`);
  },
});
