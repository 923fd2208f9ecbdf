import { GATEWAY_PROBLEM, SESSION_PROBLEM } from "../contract/problems";
import type { Answer } from "./exchange";

/** What an answer, or its absence, means for the trade. */
export type Verdict =
  | { readonly kind: "accepted"; readonly tradeId: string; readonly acceptedAt: string; readonly acceptedRegion: string }
  /** The trade API's own 4xx: the request is wrong everywhere. */
  | Refusal<"final">
  /** A 4xx that is not the trade API's (a gateway without our key, a stage that is not there yet): the other region may know better. */
  | (Refusal<"refused"> & { readonly reason: string })
  /** Nothing was promised, or nothing was heard: the same key again. `untouched`: by all that was said, the trade was not looked at. */
  | { readonly kind: "again"; readonly reason: string; readonly retryAfterMs: number; readonly untouched?: boolean };

interface Refusal<Kind extends string> {
  readonly kind: Kind;
  readonly status: number;
  readonly title: string;
  readonly errors: readonly { readonly field: string; readonly detail: string }[];
}

/** 4xx by which a server asks to come again. */
const TRANSIENT = new Set([408, 425, 429]);

export function verdictOf(answer: Answer): Verdict {
  if ("error" in answer) return { kind: "again", reason: answer.error, retryAfterMs: 0 };
  const { status } = answer;
  const fields = parsed(answer.body);
  if (status === 202) {
    const { tradeId, acceptedAt, acceptedRegion } = fields;
    if (typeof tradeId === "string" && typeof acceptedAt === "string" && typeof acceptedRegion === "string") {
      return { kind: "accepted", tradeId, acceptedAt, acceptedRegion };
    }
    // Half an answer promises nothing that could be held up to the platform.
    return { kind: "again", reason: "202 without a trade", retryAfterMs: 0 };
  }
  if (lacksSession(answer)) return { kind: "again", reason: "no session", retryAfterMs: 0, untouched: true };
  if (status >= 400 && status < 500 && !TRANSIENT.has(status)) {
    const title = typeof fields.title === "string" ? fields.title : `HTTP ${status}`;
    const errors = Array.isArray(fields.errors) ? fields.errors.flatMap(fieldError) : [];
    const isOfTrades = answer.type.toLowerCase().startsWith("application/problem+json") && fields.type !== GATEWAY_PROBLEM;
    return isOfTrades ? { kind: "final", status, title, errors } : { kind: "refused", status, title, errors, reason: `HTTP ${status}` };
  }
  const seconds = Number(answer.retryAfter);
  const retryAfterMs = answer.retryAfter !== "" && seconds >= 0 ? seconds * 1000 : 0;
  return { kind: "again", reason: `HTTP ${status}`, retryAfterMs, untouched: TRANSIENT.has(status) };
}

/** Is it said that the request has no session that is open there? */
export const lacksSession = (answer: Answer): boolean =>
  "status" in answer && answer.status === 401 && parsed(answer.body).type === SESSION_PROBLEM;

/** The token of a session that was opened; undefined: none was. */
export function openedSession(answer: Answer): string | undefined {
  if (!("status" in answer) || answer.status !== 201) return undefined;
  const { sessionToken } = parsed(answer.body);
  return typeof sessionToken === "string" && sessionToken !== "" ? sessionToken : undefined;
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fieldError(value: unknown): { field: string; detail: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const { field, detail } = value as Record<string, unknown>;
  return typeof field === "string" && typeof detail === "string" ? [{ field, detail }] : [];
}
