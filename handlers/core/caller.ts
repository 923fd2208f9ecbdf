import { SYNTHETIC } from "../../contract/callers";
import { ACCOUNT_PROBLEM, CALLER_PROBLEM } from "../../contract/problems";
import { problem, type Answer } from "./problem";

/** Who sent a request, and the accounts that are this caller's. */
export interface Caller {
  /** The same in both regions. */
  readonly id: string;
  /** Accounts by name, or by how they begin: `desk-*`. */
  readonly accounts: readonly string[];
}

/** Where nobody is asked who he is, every account is everybody's. */
export const ANYBODY: Caller = { id: "anybody", accounts: ["*", `${SYNTHETIC}*`] };

/** A canary's account is matched by none but a pattern of canaries' accounts. */
const covers = (pattern: string, accountId: string): boolean =>
  pattern.startsWith(SYNTHETIC) === accountId.startsWith(SYNTHETIC) &&
  (pattern.endsWith("*") ? accountId.startsWith(pattern.slice(0, -1)) : accountId === pattern);

export const mayUse = ({ accounts }: Caller, accountId: string): boolean => accounts.some((pattern) => covers(pattern, accountId));

export function notYours({ id }: Caller, accountId: string): Answer {
  const detail = `is ${JSON.stringify(accountId)}, which is no account of ${id}`;
  return problem({
    type: ACCOUNT_PROBLEM,
    status: 403,
    title: "Forbidden",
    detail: `accountId ${detail}`,
    errors: [{ field: "accountId", detail }],
  });
}

/** @param why ends "the request …" */
export const unknownCaller = (why: string): Answer =>
  problem({ type: CALLER_PROBLEM, status: 403, title: "Forbidden", detail: `the request ${why}` });

/**
 * A principal's ARN as IAM has it, without session and path: a role's name is its account's only one, and a session's ARN leaves the path out.
 * Undefined for what is no role and no user, such as an account's root.
 */
export function principalOf(arn: string): string | undefined {
  const [, partition = "", service = "", account = "", kind = "", rest = ""] =
    /^arn:([a-z-]+):(iam|sts)::(\d{12}):(role|user|assumed-role)\/(.+)$/.exec(arn) ?? [];
  if (kind === "" || (kind === "assumed-role") !== (service === "sts")) return undefined;
  const parts = rest.split("/");
  const name = kind === "assumed-role" ? parts[0] : parts.at(-1);
  return `arn:${partition}:iam::${account}:${kind === "user" ? "user" : "role"}/${name}`;
}
