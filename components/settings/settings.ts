import * as v from "valibot";
import { flatten, nest, type Raw } from "./raw-settings";
import { SCHEMA, sections, type DeclaredKey } from "./schema";

type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object | undefined ? DeepReadonly<T[K]> : T[K] };

/** The whole configuration of a stack, validated; docs/CONFIGURATION.md describes it key by key. */
export type Settings = DeepReadonly<v.InferOutput<typeof SCHEMA>>;

interface Problem {
  readonly key: string;
  /** Empty: the key is not set. */
  readonly value: string;
  readonly allowed: string;
}

/**
 * Turns the texts of a stack's configuration into settings.
 * @throws one error that lists every problem with its key, its value and what is allowed
 */
export function parseSettings(raw: Raw): Settings {
  const declared = sections().flatMap(({ keys }) => keys);
  const names = declared.map(({ name }) => name);
  const flat = flatten(raw, groupsOf(names));
  const result = v.safeParse(SCHEMA, nest(flat, names));
  const problems = [...unknown(flat, names), ...(result.issues ?? []).map(problemOf), ...withoutEffect(flat, declared)];
  if (result.success && problems.length === 0) return result.output;
  // A key is named once, with the first thing that is wrong with it: what does not fit by itself need not fit to others as well.
  const named = [...new Map(problems.toReversed().map((problem) => [problem.key, problem])).values()].toReversed();
  throw failure(named.map((problem) => (isSecret(problem, declared) ? { ...problem, value: "(secret)" } : problem)));
}

const isSecret = ({ key, value }: Problem, declared: readonly DeclaredKey[]): boolean =>
  value !== "" && declared.some(({ name, secret }) => name === key && secret);

const groupsOf = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => (name.includes(".") ? [name.slice(0, name.indexOf("."))] : []));

const unknown = (flat: Raw, names: readonly string[]): readonly Problem[] =>
  Object.entries(flat).flatMap(([key, value]) => (names.includes(key) ? [] : [{ key, value, allowed: insteadOf(key, names) }]));

/** What a key that there is none of may have been meant for: a group's members if it is, or is in, a group. */
function insteadOf(key: string, names: readonly string[]): string {
  const membersOf = (group: string): readonly string[] => names.filter((one) => one.startsWith(`${group}.`));
  const members = membersOf(key).map((one) => one.slice(key.length + 1));
  if (members.length > 0) return `an object with ${members.join(", ")}`;
  const siblings = key.includes(".") ? membersOf(key.slice(0, key.indexOf("."))) : [];
  return `no such key; there are: ${(siblings.length > 0 ? siblings : names).join(", ")}`;
}

function problemOf(issue: v.BaseIssue<unknown>): Problem {
  const value = issue.path?.at(-1)?.value ?? "";
  return {
    key: v.getDotPath(issue) ?? "",
    value: typeof value === "string" ? value : JSON.stringify(value),
    allowed: issue.message,
  };
}

/** A key that is set to something and changes nothing is a mistake. The engine gives each key its default, so a default is no such thing. */
const withoutEffect = (flat: Raw, declared: readonly DeclaredKey[]): readonly Problem[] =>
  declared.flatMap(({ name, default: byDefault, onlyWith }) => {
    const value = flat[name];
    if (onlyWith === undefined || value === undefined || value === byDefault) return [];
    const other = flat[onlyWith.key] ?? declared.find((one) => one.name === onlyWith.key)?.default ?? "false";
    if (onlyWith.is === undefined ? other !== "false" : onlyWith.is.includes(other)) return [];
    const condition = onlyWith.is === undefined ? "set" : onlyWith.is.join(" or ");
    return [{ key: name, value, allowed: `${byDefault ?? "nothing"}, unless ${onlyWith.key} is ${condition}` }];
  });

function failure(problems: readonly Problem[]): Error {
  const lines = problems.map(
    ({ key, value, allowed }) => `  ${key}: ${value === "" ? "(not set)" : JSON.stringify(value)}; allowed: ${allowed}`,
  );
  return new Error(`the stack's configuration has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n${lines.join("\n")}`);
}
