import { resourcePolicy } from "../support/policy";
import { CLUSTER_INSTANCE, DB_INSTANCE } from "../support/types";
import { isFalse, passes } from "../support/values";

export const publicDatabase = resourcePolicy({
  name: "public-database",
  rule: "No database has a public address.",
  severity: "critical",
  mend: "set publiclyAccessible: false and put the instance into isolated subnets",
  types: [CLUSTER_INSTANCE, DB_INSTANCE, "aws:dms/replicationInstance:ReplicationInstance"],
  options: {},
  judge: ({ props }, report) => {
    if (!passes(props.publiclyAccessible, isFalse)) report("publiclyAccessible is not false");
  },
});
