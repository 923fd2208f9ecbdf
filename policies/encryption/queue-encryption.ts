import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { QUEUE } from "../support/types";
import { isAbsent, isText, isTrue, passes } from "../support/values";

/** Queues are encrypted at rest, by a service's or a customer's key. */
export const queueEncryption = resourcePolicy({
  name: "queue-encryption",
  rule: "Queues are encrypted at rest.",
  severity: "high",
  mend: "set sqsManagedSseEnabled: true, or kmsMasterKeyId to the site's key",
  types: [QUEUE],
  options: { customerKey: flag(false, "Whether the key must be the customer's: kmsMasterKeyId.") },
  judge: ({ props }, report, { customerKey }) => {
    const byKey = props.kmsMasterKeyId;
    if (!isAbsent(byKey)) {
      if (!passes(byKey, isText)) report("kmsMasterKeyId is not a key");
    } else if (customerKey) report("kmsMasterKeyId is not set");
    else if (!passes(props.sqsManagedSseEnabled, isTrue)) report("neither sqsManagedSseEnabled nor kmsMasterKeyId is set");
  },
});
