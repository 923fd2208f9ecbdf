import { stackPolicy } from "../support/policy";
import { SECRET } from "../support/types";
import { at, isText, list, UNKNOWN } from "../support/values";

/** If credentials exist only in the lost region, the other one can't use its own database. */
export const secretReplication = stackPolicy({
  name: "secret-replication",
  rule: "Every secret is replicated to every other region of the stack, or is made in each.",
  severity: "high",
  mend: "add the other region to the secret's replicas",
  options: {},
  judge: (stack, report) => {
    const regions = stack.regions();
    for (const secret of stack.of(SECRET)) {
      const names = list(secret.props.replicas).map((replica) => at(replica, "region"));
      if (names.includes(UNKNOWN)) continue;
      if (!names.every(isText)) report("a replica has no region", secret);
      const missing = regions.filter((region) => region !== secret.region && !names.includes(region));
      const twin = stack.of(SECRET).some((other) => other !== secret && other.region !== secret.region && names.length === 0);
      if (missing.length > 0 && !twin) report(`it has no replica in ${missing.join(", ")}`, secret);
    }
  },
});
