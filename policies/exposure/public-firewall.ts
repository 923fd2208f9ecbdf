import { flag } from "../support/config";
import { stackPolicy } from "../support/policy";
import { LOAD_BALANCERS } from "../support/types";
import { isTrue, list, UNKNOWN } from "../support/values";

const STAGE = "aws:apigateway/stage:Stage";
const ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation";
const ACL = "aws:wafv2/webAcl:WebAcl";

/** Floods and known bad requests end before they cost a function. */
export const publicFirewall = stackPolicy({
  name: "public-firewall",
  rule: "Every public entrance is behind a firewall that has rules.",
  severity: "medium",
  mend: "associate a WebAcl of the region with the API's stage or the load balancer (WebAclAssociation), and give it at least one rule",
  options: { required: flag(true, "Whether it is required; a stack for development may do without.") },
  judge: (stack, report, { required }) => {
    if (!required) return;
    const entrances = [
      ...stack.of(STAGE),
      ...stack.of(...LOAD_BALANCERS).filter(({ props }) => props.internal !== UNKNOWN && !isTrue(props.internal)),
    ];
    for (const entrance of entrances) {
      if (stack.attached(entrance, ASSOCIATION, "resourceArn").length > 0 || stack.mayBeAttached(entrance, ASSOCIATION, "resourceArn"))
        continue;
      report("no firewall is associated with it (WebAclAssociation)", entrance);
    }
    for (const acl of stack.of(ACL)) {
      if (list(acl.props.rules).length === 0) report("it has no rules", acl);
    }
  },
});
