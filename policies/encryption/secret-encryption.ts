import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { SECRET } from "../support/types";
import { at, isAbsent, isText, list, passes } from "../support/values";

/** A secret is only as safe as the weakest key among its replicas. */
export const secretEncryption = resourcePolicy({
  name: "secret-encryption",
  rule: "Secrets and their replicas are encrypted with the same kind of key, each of its own region.",
  severity: "high",
  mend: "set kmsKeyId on the secret to its site's key and on each replica to the other site's, or on none of them (then it is Secrets Manager's own)",
  types: [SECRET],
  options: { customerKey: flag(true, "Whether the keys must be the customer's: kmsKeyId.") },
  judge: ({ props }, report, { customerKey }) => {
    const own = props.kmsKeyId;
    if (!isAbsent(own) && !passes(own, isText)) report("kmsKeyId is not a key");
    if (customerKey && !passes(own, isText)) report("kmsKeyId is not set");
    for (const replica of list(props.replicas)) {
      const key = at(replica, "kmsKeyId");
      if (!isAbsent(key) && !passes(key, isText)) report("replicas.kmsKeyId is not a key");
      if (typeof key === "symbol" || typeof own === "symbol") continue;
      if (isAbsent(key) !== isAbsent(own)) report("the secret and its replica are under different kinds of key (replicas.kmsKeyId)");
    }
  },
});
