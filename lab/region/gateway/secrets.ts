import { ACCOUNT } from "../../provision/context";
import { isFunctionKey, secretOfFunction } from "../../iam/facts";

/** The account's key, with which the lab's people and clients sign. Functions have keys of their own. */
export const LAB_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" } as const;

/** Whose key that is. */
export const LAB_TRADER = `arn:aws:iam::${ACCOUNT}:user/trader`;

/** Undefined: there is no such key. */
export function secretOf(accessKeyId: string): string | undefined {
  if (isFunctionKey(accessKeyId)) return secretOfFunction(accessKeyId);
  return accessKeyId === LAB_CREDENTIALS.accessKeyId ? LAB_CREDENTIALS.secretAccessKey : undefined;
}
