import { texts } from "../support/config";
import { resourcePolicy, type Report } from "../support/policy";
import { isAbsent, isRecord, isText, list, number, UNKNOWN, type Value, type Values } from "../support/values";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** True if the block is the whole internet, or close to it. */
function isInternet(block: Value): boolean {
  if (!isText(block)) return false;
  const length = Number(block.split("/")[1] ?? "32");
  const wide = block.includes(":") ? length <= 16 : length <= 7;
  return wide && block !== "10.0.0.0/8";
}

function spoken(port: Value): string {
  return number(port)?.toString() ?? "none";
}

function judgeRule(rule: Values, ports: readonly string[], report: Report): void {
  const blocks: readonly Value[] = [...list(rule.cidrBlocks), ...list(rule.ipv6CidrBlocks), rule.cidrIpv4, rule.cidrIpv6];
  for (const block of blocks) if (!isAbsent(block) && block !== UNKNOWN && !isText(block)) report("a source is not an address block");
  if (!blocks.some(isInternet) || rule.fromPort === UNKNOWN || rule.toPort === UNKNOWN) return;
  const everything = rule.protocol === "-1" || rule.ipProtocol === "-1" || rule.protocol === "all";
  const from = number(rule.fromPort);
  if (everything || from === undefined || from !== number(rule.toPort) || !ports.includes(String(from))) {
    report(
      `the internet reaches ${everything ? "every port" : `the ports ${spoken(rule.fromPort)} to ${spoken(rule.toPort)}`}; allowed: ${ports.join(", ") || "none"}`,
    );
  }
}

/** Only single, configured ports are open to the internet. */
export const openSecurityGroup = resourcePolicy({
  name: "open-security-group",
  rule: "No security group is open to the internet, but on the ports of public load balancers.",
  severity: "critical",
  mend: "name the caller's security group as the source instead of an address block, and leave the VPC's default security group without rules",
  types: [GROUP, DEFAULT_GROUP, RULE, INGRESS],
  options: { publicPorts: texts(["443"], "Ports that may be open to the internet.") },
  judge: ({ type, props }, report, { publicPorts }) => {
    if (type === DEFAULT_GROUP) {
      const rules = [...list(props.ingress), ...list(props.egress)].filter((rule) => rule !== UNKNOWN);
      if (rules.length > 0) report("the default security group has rules, and whatever forgets its own group has them too");
    } else if (type === GROUP) {
      for (const rule of list(props.ingress)) {
        if (isRecord(rule)) judgeRule(rule, publicPorts, report);
        else if (rule !== UNKNOWN) report("ingress is not a list of rules");
      }
    } else if (type === INGRESS || props.type === "ingress") judgeRule(props, publicPorts, report);
  },
});
