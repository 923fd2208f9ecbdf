/** Conditions of IAM statements, by the rules of "IAM JSON policy elements: Condition operators". */
import { arnLike, like } from "./patterns";

/** Keys of the request, in lower case; a list where AWS has a key of several values. */
export type RequestContext = ReadonlyMap<string, string | readonly string[]>;

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

type Test = (value: string, wanted: string) => boolean;

const numeric =
  (compare: (left: number, right: number) => boolean): Test =>
  (value, wanted) =>
    compare(Number(value), Number(wanted));

const POSITIVE: Readonly<Record<string, Test>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringEqualsIgnoreCase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  StringLike: (value, wanted) => like(value, wanted),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: numeric((left, right) => left === right),
  NumericLessThan: numeric((left, right) => left < right),
  NumericLessThanEquals: numeric((left, right) => left <= right),
  NumericGreaterThan: numeric((left, right) => left > right),
  NumericGreaterThanEquals: numeric((left, right) => left >= right),
};

/** Each is true of a value that is like none of those that are listed. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
};

/** `${aws:PrincipalArn}` and the like. A variable that the request does not have makes the value match nothing. */
function filledIn(wanted: string, context: RequestContext): string | undefined {
  let isWhole = true;
  const text = wanted.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (["*", "?", "$"].includes(name)) return name;
    const value = context.get(name.toLowerCase());
    if (typeof value !== "string") isWhole = false;
    return typeof value === "string" ? value : "";
  });
  return isWhole ? text : undefined;
}

function holds(operator: string, key: string, listed: string | readonly string[], context: RequestContext): boolean {
  const [, set = "", name = "", ifExists = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const actual = context.get(key.toLowerCase());
  const wanted = [listed].flat();
  if (name === "Null") return wanted.some((one) => (actual === undefined) === (one === "true"));
  const isNegated = name in NEGATED;
  const test = POSITIVE[isNegated ? (NEGATED[name] ?? "") : name];
  if (test === undefined) throw new Error(`the lab does not know the condition operator ${operator}: add it to lab/iam/conditions.ts`);
  const values = wanted.flatMap((one) => filledIn(one, context) ?? []);
  const one = (value: string): boolean => values.some((value2) => test(value, value2)) !== isNegated;
  if (set !== "") {
    const given = actual === undefined ? [] : [actual].flat();
    // Of no values every one is as wanted: that is AWS's rule, and why a key that matters is asked for by Null, too.
    return set === "ForAllValues" ? given.every(one) : given.some(one);
  }
  if (actual === undefined) return ifExists !== "" || isNegated;
  // A list without a set operator is compared by no rule that AWS promises: it does not hold.
  return typeof actual === "string" ? one(actual) : actual.length === 1 && one(actual[0] ?? "");
}

/** All of them must hold. Throws for an operator that is not known here. */
export const conditionsHold = (conditions: Conditions | undefined, context: RequestContext): boolean =>
  Object.entries(conditions ?? {}).every(([operator, tests]) =>
    Object.entries(tests).every(([key, listed]) => holds(operator, key, listed, context)),
  );
