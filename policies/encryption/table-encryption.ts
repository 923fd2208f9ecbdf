import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { TABLE } from "../support/types";
import { at, isAbsent, isText, isTrue, list, passes } from "../support/values";

/** Tables are encrypted by KMS, not by DynamoDB's own key, with a customer managed key in each of the table's regions. */
export const tableEncryption = resourcePolicy({
  name: "table-encryption",
  rule: "Tables are encrypted at rest by KMS, with a key of its region in each replica.",
  severity: "high",
  mend: "set serverSideEncryption.enabled: true; with serverSideEncryption.kmsKeyArn, give each replica a kmsKeyArn of its own region",
  types: [TABLE],
  options: { customerKey: flag(true, "Whether the keys must be the customer's: kmsKeyArn.") },
  judge: ({ props }, report, { customerKey }) => {
    if (!passes(at(props, "serverSideEncryption", "enabled"), isTrue)) report("serverSideEncryption.enabled is not true");
    const key = at(props, "serverSideEncryption", "kmsKeyArn");
    if (!isAbsent(key) && !passes(key, isText)) report("serverSideEncryption.kmsKeyArn is not a key");
    if (customerKey && !passes(key, isText)) report("serverSideEncryption.kmsKeyArn is not set");
    if (isAbsent(key)) return;
    for (const replica of list(props.replicas)) {
      if (!passes(at(replica, "kmsKeyArn"), isText)) report("the table has a customer's key and a replica has none (replicas.kmsKeyArn)");
    }
  },
});
