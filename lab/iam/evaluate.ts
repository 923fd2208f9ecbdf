/**
 * May this principal do this? AWS's evaluation within one account ("Policy evaluation logic"): a deny anywhere wins; else a role's policy or the
 * resource's own is enough; else it is refused. A KMS key is different: its own policy must allow, or hand the decision to the account's policies.
 * No boundaries, sessions' policies or service control policies: the program registers none.
 */
import { conditionsHold, type Conditions, type RequestContext } from "./conditions";
import { like } from "./patterns";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Conditions;
}

export interface Asked {
  readonly action: string;
  /** ARN, or * for an action that knows no resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

export interface Caller {
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly sessionArn: string;
  readonly roleArn: string;
  /** Name of a service that acts by itself, e.g. "sns.amazonaws.com"; then there is no role. */
  readonly service?: string;
}

export interface Verdict {
  readonly allowed: boolean;
  /** As AWS words it; "" when allowed. */
  readonly message: string;
}

const ALLOWED: Verdict = { allowed: true, message: "" };

const listed = (one: string | readonly string[] | undefined): readonly string[] => (one === undefined ? [] : [one].flat());

function speaksOf(statement: Statement, { action, resource, context }: Asked): boolean {
  const named = (patterns: string | readonly string[] | undefined, value: string, ignoreCase: boolean): boolean =>
    listed(patterns).some((pattern) => like(value, pattern, ignoreCase));
  if (statement.NotAction === undefined ? !named(statement.Action, action, true) : named(statement.NotAction, action, true)) return false;
  // A key's or a queue's own policy need not name what it is the policy of.
  if (statement.NotResource !== undefined && named(statement.NotResource, resource, false)) return false;
  if (statement.Resource !== undefined && !named(statement.Resource, resource, false)) return false;
  return conditionsHold(statement.Condition, context);
}

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** How a resource's policy names the caller: itself (or everybody), or by way of its account. */
function names({ Principal }: Statement, { roleArn, sessionArn, service }: Caller): "caller" | "account" | "nobody" {
  if (Principal === "*") return "caller";
  if (typeof Principal !== "object") return "nobody";
  if (service !== undefined) return listed(Principal.Service).includes(service) ? "caller" : "nobody";
  const people = listed(Principal.AWS);
  if (people.some((one) => one === "*" || one === roleArn || one === sessionArn)) return "caller";
  const account = accountOf(roleArn);
  return people.some((one) => one === account || one === `arn:aws:iam::${account}:root`) ? "account" : "nobody";
}

/** `identity`: all statements of the role's policies. `own`: those of the resource's policy, if it has one. */
export function evaluate(asked: Asked, caller: Caller, identity: readonly Statement[], own: readonly Statement[] | undefined): Verdict {
  const { action, resource } = asked;
  const who = caller.service ?? caller.sessionArn;
  const refused = (why: string): Verdict => ({
    allowed: false,
    message: `User: ${who} is not authorized to perform: ${action}${resource === "*" ? "" : ` on resource: ${resource}`} ${why}`,
  });
  const byRole = identity.filter((statement) => speaksOf(statement, asked));
  const byOwner = (own ?? [])
    .filter((statement) => speaksOf(statement, asked))
    .map((statement) => ({ statement, how: names(statement, caller) }));
  if (byRole.some(({ Effect }) => Effect === "Deny")) return refused("with an explicit deny in an identity-based policy");
  if (byOwner.some(({ statement, how }) => statement.Effect === "Deny" && how !== "nobody"))
    return refused("with an explicit deny in a resource-based policy");
  const roleAllows = byRole.some(({ Effect }) => Effect === "Allow");
  const ownerAllows = (how: string): boolean => byOwner.some((one) => one.statement.Effect === "Allow" && one.how === how);
  if (ownerAllows("caller")) return ALLOWED;
  if (action.startsWith("kms:") && !ownerAllows("account")) return refused(`because no resource-based policy allows the ${action} action`);
  return roleAllows ? ALLOWED : refused(`because no identity-based policy allows the ${action} action`);
}
