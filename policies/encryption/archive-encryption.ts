import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { ARCHIVE } from "../support/types";
import { isAbsent, isText, passes } from "../support/values";

const BUS = "aws:cloudwatch/eventBus:EventBus";

/** EventBridge always encrypts; this is about whose key it uses. Archives keep the trades' events. */
export const archiveEncryption = resourcePolicy({
  name: "archive-encryption",
  rule: "Event buses and their archives are encrypted at rest with the key that is asked for.",
  severity: "medium",
  mend: "set kmsKeyIdentifier to the site's key, and let events.amazonaws.com use it in the key's policy",
  types: [ARCHIVE, BUS],
  options: { customerKey: flag(true, "Whether the key must be the customer's: kmsKeyIdentifier. Without it, the key is the service's.") },
  judge: ({ props }, report, { customerKey }) => {
    if (isAbsent(props.kmsKeyIdentifier)) {
      if (customerKey) report("kmsKeyIdentifier is not set");
    } else if (!passes(props.kmsKeyIdentifier, isText)) report("kmsKeyIdentifier is not a key");
  },
});
