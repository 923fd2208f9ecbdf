import type { Answer, Ask, Request } from "./exchange";

/** What a check is given. */
export interface Subject {
  readonly ask: Ask;
  /** An account that the caller may trade for. */
  readonly account: string;
  /** One that it may not trade for; undefined: not known. */
  readonly foreignAccount?: string;
  /** Different in each run: a service remembers keys for ever. */
  readonly run: string;
  /** Are there credentials that a request can leave out? */
  readonly authenticated: boolean;
  /** Token of an open session; undefined: the service needs none. */
  readonly session: string | undefined;
  readonly pause: (ms: number) => Promise<void>;
}

/** "skipped": why it can't be judged here. Rejects with what is wrong. */
export interface Check {
  readonly rule: string;
  readonly run: (subject: Subject) => Promise<void | { readonly skipped: string }>;
}

export class Violation extends Error {}

const shown = ({ status, text }: Answer): string => `${status} ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`;

export function expectThat(holds: boolean, what: string, answer?: Answer): asserts holds {
  if (!holds) throw new Violation(answer ? `${what}; the answer was ${shown(answer)}` : what);
}

/** Every refusal is a problem document (RFC 9457). @param fields that `errors` must name; `kind`: its type, the contract's, where it has one */
export function expectProblem(answer: Answer, statuses: readonly number[], fields: readonly string[] = [], kind?: string): void {
  expectThat(statuses.includes(answer.status), `the status must be ${statuses.join(" or ")}`, answer);
  const type = answer.headers.get("content-type") ?? "none";
  expectThat(type.startsWith("application/problem+json"), `the content type must be application/problem+json and is ${type}`, answer);
  expectThat(answer.json?.status === answer.status, "the document's status must be the answer's", answer);
  expectThat(
    typeof answer.json?.detail === "string" && answer.json.detail !== "",
    "the document must say in `detail` what is wrong",
    answer,
  );
  expectThat(kind === undefined || answer.json.type === kind, `the document's type must be ${kind}`, answer);
  const named = ((answer.json?.errors ?? []) as readonly { readonly field?: unknown }[]).map(({ field }) => field);
  for (const field of fields) expectThat(named.includes(field), `\`errors\` must name the field ${field}`, answer);
}

export const order = (subject: Subject, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  accountId: subject.account,
  symbol: "TEST",
  side: "buy",
  quantity: 1,
  price: "12.5",
  ...fields,
});

export const submission = (subject: Subject, key: string, body: unknown): Request => ({
  method: "POST",
  path: "/trades",
  headers: {
    "content-type": "application/json",
    "idempotency-key": `conformance:${subject.run}:${key}`,
    ...(subject.session === undefined ? {} : { "session-token": subject.session }),
  },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** Submits an order that must be accepted; answers its id. */
export async function accepted(subject: Subject, key: string, body: unknown = order(subject)): Promise<string> {
  const answer = await subject.ask(submission(subject, key, body));
  expectThat(answer.status === 202, "a good order must be accepted with 202", answer);
  expectThat(typeof answer.json?.tradeId === "string", "the answer must have a tradeId", answer);
  return String(answer.json.tradeId);
}
