/** Finds the IAM documents that say what a role, user or group may do. */
import { documentOf, type Document } from "./documents";
import type { Resource } from "./resource";
import { at, list } from "./values";

export const IDENTITY_TYPES = [
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/policy:Policy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
] as const;

/** The documents of one registration; a role may carry some in line. */
export function identityDocuments({ type, props }: Resource): readonly Document[] {
  if (type !== "aws:iam/role:Role") return [documentOf(props.policy)];
  return list(props.inlinePolicies).map((inline) => documentOf(at(inline, "policy")));
}
