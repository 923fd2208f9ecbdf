import * as v from "valibot";
import type { Value } from "./value";

/** An account, or how accounts begin. The platform's own are its own. */
const ACCOUNTS = /^(?!synthetic-)([A-Za-z0-9_-]{1,64}|[A-Za-z0-9_-]{0,63}\*)$/;
/** A function's environment is 4 KB in all, and most of it is left for those who may call. */
const MOST_TEXT = 2_800;

const LIST =
  "a list of accounts, each 1 to 64 letters, digits, _ or -, at the end perhaps * for all that begin so; none begins with synthetic-";
const MAP = `a map of callers to lists of accounts, at most ${MOST_TEXT} characters as JSON`;

const accounts = v.pipe(v.array(v.pipe(v.string(LIST), v.regex(ACCOUNTS, LIST)), LIST), v.minLength(1, LIST));
const noList = v.check((given: unknown) => !Array.isArray(given), MAP);

export const callerMap: Value<Readonly<Record<string, readonly string[]>>> = {
  kind: "map",
  allowed: MAP,
  schema: v.pipe(v.string(), v.maxLength(MOST_TEXT, MAP), v.parseJson(undefined, MAP), noList, v.record(v.string(), accounts, MAP)),
};

/** What names a caller, by what callers bring. */
const NAMES = {
  iam: { pattern: /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,512}$/, allowed: "the ARN of a role or user" },
  apiKey: {
    pattern: /^(?!platform$)(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/,
    allowed: "1 to 40 lower-case letters, digits or dashes, and not platform",
  },
  jwt: { pattern: /^(?!platform$)[\x21-\x7e]{1,255}$/, allowed: "a token's subject: 1 to 255 characters without spaces, and not platform" },
} as const;

/** What is wrong with the callers' names where this is what they bring; undefined: nothing. */
export function misnamed(callers: readonly string[], apiAuth: string): string | undefined {
  if (apiAuth === "none") return callers.length === 0 ? undefined : "nothing, because apiAuth is none: nobody is asked who he is";
  const { pattern, allowed } = NAMES[apiAuth as keyof typeof NAMES];
  const wrong = callers.find((name) => !pattern.test(name));
  return wrong === undefined ? undefined : `callers named by ${allowed}, because apiAuth is ${apiAuth}; ${JSON.stringify(wrong)} is none`;
}
