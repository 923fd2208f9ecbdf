import { timingSafeEqual } from "node:crypto";
import { problem, type Answer } from "../../handlers/core/problem";
import type { ServiceRequest } from "./request";

/** Who calls, as far as the stack tells callers apart; or the answer that a stranger gets. */
export type Verdict = { readonly caller: string } | { readonly refusal: Answer };
export type Access = (request: Pick<ServiceRequest, "headers">) => Promise<Verdict>;

const forbidden: Verdict = {
  refusal: problem({ status: 403, title: "Forbidden", detail: "the request brings no key that is known here" }),
};
const undecided: Verdict = {
  refusal: problem({ status: 503, title: "Service Unavailable", detail: "the key can't be checked now", retryAfter: 1 }),
};

/** Anybody may. */
export const open: Access = async () => ({ caller: "anybody" });

/** After a stranger's key the secret is read again, but not more often than this: strangers must not use up Secrets Manager's rate. */
const REREAD_MS = 30_000;

/**
 * Who brings the stack's key in `x-api-key`. The key that was read last stays good while the secret can't be read.
 * @param read the key as the secret holds it now
 * @param monotonic milliseconds
 */
export function apiKey(read: () => Promise<string>, monotonic: () => number): Access {
  let known: Buffer | undefined;
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    readAt = monotonic();
    known = Buffer.from(await read());
  };
  const fits = (given: Buffer): boolean => known !== undefined && given.length === known.length && timingSafeEqual(given, known);
  return async ({ headers }) => {
    const key = headers["x-api-key"];
    if (key === undefined || key === "") return forbidden;
    const given = Buffer.from(key);
    if (fits(given)) return { caller: "api-key" };
    if (known === undefined || monotonic() - readAt >= REREAD_MS) {
      reading ??= refresh().finally(() => (reading = undefined));
      try {
        await reading;
      } catch {
        if (known === undefined) return undecided;
      }
    }
    return fits(given) ? { caller: "api-key" } : forbidden;
  };
}
