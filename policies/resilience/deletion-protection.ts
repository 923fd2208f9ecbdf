import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { CLUSTER, DB_INSTANCE, GLOBAL_CLUSTER, LOAD_BALANCERS, TABLE } from "../support/types";
import { at, isTrue, list, passes } from "../support/values";

/** AWS refuses to delete a protected resource, whoever asks. */
export const deletionProtection = resourcePolicy({
  name: "deletion-protection",
  rule: "Databases, tables with their replicas, and load balancers are protected from deletion by AWS.",
  severity: "high",
  mend: "set deletionProtection (databases), deletionProtectionEnabled (tables and replicas) or enableDeletionProtection (load balancers) to true",
  types: [GLOBAL_CLUSTER, CLUSTER, DB_INSTANCE, TABLE, ...LOAD_BALANCERS],
  options: { required: flag(true, "Whether it is required; a stack for development may do without.") },
  judge: ({ type, props }, report, { required }) => {
    const key =
      type === TABLE
        ? "deletionProtectionEnabled"
        : LOAD_BALANCERS.some((one) => one === type)
          ? "enableDeletionProtection"
          : "deletionProtection";
    const holds = (value: unknown): boolean =>
      required ? value === true || value === "true" : value === undefined || value === null || typeof value === "boolean";
    if (!passes(props[key], holds)) report(`${key} is not true`);
    if (type !== TABLE || !required) return;
    for (const replica of list(props.replicas)) {
      if (!passes(at(replica, "deletionProtectionEnabled"), isTrue)) report("a replica has no deletionProtectionEnabled");
    }
  },
});
