import { isExcepted, reasons, text, texts } from "../support/config";
import { arnOf, documentOf, statementsOf, type Document } from "../support/documents";
import { stackPolicy } from "../support/policy";
import type { Member } from "../support/resource";
import type { Stack } from "../support/stack";
import { calleeOf, statesOf } from "../support/state-machine";
import { FUNCTION, ROLE, ROLE_POLICY, STATE_MACHINE } from "../support/types";
import { isText } from "../support/values";

/** What one provider makes for all regions. */
const REGIONLESS = ["aws:rds/globalCluster:", "aws:iam/", "aws:route53/"];

/** Every ARN in a text, with its region: that of the stack's resource it names, or else the region in the ARN itself. */
function regionsIn(stack: Stack, written: string, own: string | undefined): readonly { readonly arn: string; readonly region: string }[] {
  return [...written.matchAll(/arn:[^:\s"]*:[^:\s"]*:[^:\s"]*:[^:\s"]*:[^\s"\\]*/g)].flatMap(([arn]) => {
    const owner = stack.owner(arn, own)?.member;
    const region = owner?.region ?? arnOf(arn)?.region ?? "";
    const isEverywhere = region === "" || region.includes("*") || REGIONLESS.some((begin) => owner?.type.startsWith(begin));
    return isEverywhere ? [] : [{ arn, region }];
  });
}

/** What a role may do: its inline documents and the attached ones. */
function documentsOf(stack: Stack, role: Member): readonly { readonly holder: Member; readonly document: Document }[] {
  return stack.attached(role, ROLE_POLICY, "role").map((holder) => ({ holder, document: documentOf(holder.props.policy) }));
}

/** A failover must not need what may be down with the lost region: that region's APIs, and control planes that serve the world from one region. */
export const staticStability = stackPolicy({
  name: "static-stability",
  rule: "The machines of a failover, their functions and roles use no global control plane and nothing of the other region.",
  severity: "critical",
  mend: "let traffic follow health checks and records made beforehand, act on the own region's resources by its own endpoints, and record what has no other way in the policy's configuration with the reason",
  options: {
    machines: text("failover", "What the names of the machines that run in a failover match, a regular expression."),
    globalServices: texts(
      [
        "route53",
        "route53domains",
        "iam",
        "organizations",
        "account",
        "cloudfront",
        "globalaccelerator",
        "shield",
        "waf",
        "networkmanager",
        "route53-recovery-control-config",
        "route53-recovery-readiness",
        "support",
        "budgets",
        "ce",
      ],
      "Prefixes of services whose control plane is in one region for all.",
    ),
    provisioning: texts(
      [
        "lambda:CreateFunction",
        "lambda:UpdateFunctionConfiguration",
        "lambda:UpdateFunctionCode",
        "lambda:PutFunctionConcurrency",
        "ec2:RunInstances",
        "ec2:CreateSubnet",
        "ec2:CreateSecurityGroup",
        "rds:CreateDBCluster",
        "rds:CreateDBInstance",
        "dynamodb:CreateTable",
        "dynamodb:UpdateTable",
        "cloudformation:*",
        "apigateway:*",
        "elasticloadbalancing:Create*",
        "s3:CreateBucket",
      ],
      "Actions that make or change what should have been there before; * stands for anything.",
    ),
    exceptions: reasons(
      {
        "rds:FailoverGlobalCluster": "called in the own region; its permission names every member of the global cluster",
        "rds:SwitchoverGlobalCluster": "a graceful move is called where the writer is, while both regions are up",
      },
      "Actions that may name the other region, each with the reason; * stands for anything.",
    ),
  },
  judge: (stack, report, { machines, globalServices, provisioning, exceptions }) => {
    const judgeAction = (action: string): string | undefined => {
      const service = action.split(":")[0]?.toLowerCase() ?? "";
      if (globalServices.includes(service)) return `${action} is a call to a control plane that is in one region for all`;
      return provisioning.some((pattern) => isExcepted({ [pattern]: "" }, action))
        ? `${action} makes or changes what should be there before a failover`
        : undefined;
    };
    const judgeRole = (role: Member, region: string | undefined): void => {
      for (const { holder, document } of documentsOf(stack, role)) {
        for (const { allows, actions, resources } of statementsOf(document)) {
          if (!allows) continue;
          for (const action of actions) {
            const found = judgeAction(action);
            if (found !== undefined) report(`${found}, and the failover's path may make it`, holder);
          }
          const astray =
            region === undefined ? [] : resources.flatMap((one) => regionsIn(stack, one, region)).filter((one) => one.region !== region);
          const unexcused = actions.filter((action) => !isExcepted(exceptions, action));
          if (astray.length > 0 && unexcused.length > 0)
            report(`${unexcused.join(", ")} reaches into ${astray[0]?.region ?? ""} from ${region ?? ""}`, holder);
        }
      }
    };
    const judged = new Set<string>();
    for (const machine of stack.of(STATE_MACHINE)) {
      const { name, definition } = machine.props;
      if (!new RegExp(machines, "i").test(isText(name) ? name : machine.name)) continue;
      const states = statesOf(definition);
      if (states === "broken") report("its definition is not a state machine", machine);
      for (const { name: state, body } of typeof states === "object" ? states : []) {
        const callee = calleeOf(body.Resource);
        const service =
          callee
            ?.replace(/^aws-sdk:/, "")
            .split(":")[0]
            ?.toLowerCase() ?? "";
        if (globalServices.includes(service))
          report(`its state ${state} calls ${callee ?? ""}, a control plane that is in one region for all`, machine);
        for (const { arn, region } of regionsIn(
          stack,
          JSON.stringify({ ...body, Branches: 0, ItemProcessor: 0, Iterator: 0 }),
          machine.region,
        )) {
          if (machine.region !== undefined && region !== machine.region)
            report(`its state ${state} calls ${arn}, which is not in ${machine.region}`, machine);
        }
      }
      const holders = [machine, ...stack.mentioned(machine, "definition", FUNCTION)];
      for (const holder of holders) {
        const role = stack.referent(holder, holder === machine ? "roleArn" : "role", ROLE);
        if (role === undefined || judged.has(role.urn)) continue;
        judged.add(role.urn);
        judgeRole(role, machine.region);
      }
    }
  },
});
