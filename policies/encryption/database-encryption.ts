import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { CLUSTER, CLUSTER_INSTANCE, DB_INSTANCE, GLOBAL_CLUSTER } from "../support/types";
import { isAbsent, isText, isTrue, passes } from "../support/values";

/** Databases are encrypted, and so are their members in every region and the statements that Performance Insights keeps. */
export const databaseEncryption = resourcePolicy({
  name: "database-encryption",
  rule: "Databases are encrypted at rest with a key of their region, and so is what Performance Insights keeps.",
  severity: "critical",
  mend: "set storageEncrypted: true and kmsKeyId to the site's key (encryption can't be added later: the database must be made anew from a snapshot), and performanceInsightsKmsKeyId",
  types: [GLOBAL_CLUSTER, CLUSTER, CLUSTER_INSTANCE, DB_INSTANCE],
  options: {
    customerKey: flag(true, "Whether the key must be the customer's: kmsKeyId. A member in another region needs one in any case."),
  },
  judge: ({ type, props }, report, { customerKey }) => {
    // An instance of a cluster is encrypted as its cluster is.
    if (type !== CLUSTER_INSTANCE && !passes(props.storageEncrypted, isTrue)) report("storageEncrypted is not true");
    if (customerKey && (type === CLUSTER || type === DB_INSTANCE) && !passes(props.kmsKeyId, isText)) report("kmsKeyId is not set");
    if (customerKey && props.performanceInsightsEnabled === true && !passes(props.performanceInsightsKmsKeyId, isText)) {
      report("performanceInsightsKmsKeyId is not set");
    }
    for (const key of ["kmsKeyId", "performanceInsightsKmsKeyId"]) {
      if (!isAbsent(props[key]) && !passes(props[key], isText)) report(`${key} is not a key`);
    }
  },
});
