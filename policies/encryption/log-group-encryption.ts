import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { LOG_GROUP } from "../support/types";
import { isAbsent, isText, passes } from "../support/values";

/** CloudWatch Logs always encrypts; this is about whose key it uses. */
export const logGroupEncryption = resourcePolicy({
  name: "log-group-encryption",
  rule: "Log groups are encrypted at rest with the key that is asked for.",
  severity: "medium",
  mend: "set kmsKeyId to the site's key, and let logs.<region>.amazonaws.com use it in the key's policy",
  types: [LOG_GROUP],
  options: { customerKey: flag(true, "Whether the key must be the customer's: kmsKeyId. Without it, the key is the service's.") },
  judge: ({ props }, report, { customerKey }) => {
    if (isAbsent(props.kmsKeyId)) {
      if (customerKey) report("kmsKeyId is not set");
    } else if (!passes(props.kmsKeyId, isText)) report("kmsKeyId is not a key");
  },
});
