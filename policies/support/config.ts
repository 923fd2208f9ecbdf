/** What a policy can be configured with: a JSON schema for the engine, a default, and the same check here for hosts that do not validate. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

export interface Option<T> {
  readonly schema: PolicyConfigJSONSchema;
  readonly standard: T;
  /** What is allowed, for a message; `undefined` where the value is. */
  readonly refuses: (value: unknown) => string | undefined;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Settings<C extends Options> = { readonly [K in keyof C]: C[K] extends Option<infer T> ? T : never };

export function integer(standard: number, range: { minimum: number; maximum: number }, description: string): Option<number> {
  return {
    schema: { type: "integer", default: standard, description, ...range },
    standard,
    refuses: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= range.minimum && value <= range.maximum
        ? undefined
        : `a whole number from ${range.minimum} to ${range.maximum}`,
  };
}

export function flag(standard: boolean, description: string): Option<boolean> {
  return {
    schema: { type: "boolean", default: standard, description },
    standard,
    refuses: (value) => (typeof value === "boolean" ? undefined : "true or false"),
  };
}

export function text(standard: string, description: string, pattern = ".*"): Option<string> {
  return {
    schema: { type: "string", default: standard, description, pattern },
    standard,
    refuses: (value) => (typeof value === "string" && new RegExp(pattern).test(value) ? undefined : `a text that matches ${pattern}`),
  };
}

export function texts(standard: readonly string[], description: string): Option<readonly string[]> {
  return {
    schema: { type: "array", items: { type: "string" }, default: [...standard], description },
    standard,
    refuses: (value) => (Array.isArray(value) && value.every((one) => typeof one === "string") ? undefined : "a list of texts"),
  };
}

/** Exceptions, each with a reason of at least ten characters. */
export function reasons(standard: Readonly<Record<string, string>>, description: string): Option<Readonly<Record<string, string>>> {
  return {
    schema: { type: "object", additionalProperties: { type: "string", minLength: 10 }, default: { ...standard }, description },
    standard,
    refuses: (value) =>
      isObject(value) && Object.values(value).every((one) => typeof one === "string" && one.length >= 10)
        ? undefined
        : "an object of exception and reason, each reason at least 10 characters",
  };
}

/** Texts by name. */
export function dictionary(standard: Readonly<Record<string, string>>, description: string): Option<Readonly<Record<string, string>>> {
  return {
    schema: { type: "object", additionalProperties: { type: "string" }, default: { ...standard }, description },
    standard,
    refuses: (value) =>
      isObject(value) && Object.values(value).every((one) => typeof one === "string") ? undefined : "an object of texts",
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True if a resource or action is excepted; `*` in an exception matches anything. */
export function isExcepted(exceptions: Readonly<Record<string, string>>, name: string): boolean {
  return Object.keys(exceptions).some((pattern) => matches(pattern, name));
}

/** Whole-text match in which `*` stands for anything. */
export function matches(pattern: string, value: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i").test(value);
}

export function schemaOf(options: Options): PolicyConfigSchema {
  return { properties: Object.fromEntries(Object.entries(options).map(([key, { schema }]) => [key, schema])) };
}

/** The given configuration over the defaults. Throws one error that names the policy and, for each wrong key, its value and what is allowed. */
export function settle<C extends Options>(policy: string, options: C, given: Readonly<Record<string, unknown>>): Settings<C> {
  const problems = Object.keys(given)
    .filter((key) => !(key in options))
    .map((key) => `${key} is not known; known: ${Object.keys(options).join(", ") || "none"}`);
  const settled: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(options)) {
    const value = given[key] ?? option.standard;
    const allowed = option.refuses(value);
    if (allowed !== undefined) problems.push(`${key} is ${JSON.stringify(value)}; allowed: ${allowed}`);
    settled[key] = value;
  }
  if (problems.length > 0) throw new Error(`configuration of policy ${policy}: ${problems.join("; ")}`);
  return settled as Settings<C>;
}
