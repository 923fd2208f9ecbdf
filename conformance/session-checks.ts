import { expectProblem, expectThat, order, submission, type Check, type Subject } from "./check";
import type { Ask } from "./exchange";

/** `type` of the problem that a trade has no session that is open here. */
const SESSION_PROBLEM = "/problems/session";
const NONE = { skipped: "the service needs no session: POST /sessions opens none" };

/** Token of a new session; undefined: the service knows no sessions. */
export async function sessionOf(ask: Ask): Promise<string | undefined> {
  const { status, json } = await ask({ method: "POST", path: "/sessions" });
  return status === 201 && typeof json?.sessionToken === "string" ? json.sessionToken : undefined;
}

/** The answer to a trade that names this session, or none. */
const tradeWith = (subject: Subject, key: string, session: string | undefined) =>
  subject.ask(submission({ ...subject, session }, key, order(subject)));

/** POST /sessions, where `sessions.required` is set: a trade is taken in an open session of its caller's, and in no other. */
export const SESSIONS: readonly Check[] = [
  {
    rule: "POST /sessions opens a session: 201 with sessionToken, which nobody can guess, and expiresAt, which is to come",
    run: async (subject) => {
      if (subject.session === undefined) return NONE;
      const [first, second] = [
        await subject.ask({ method: "POST", path: "/sessions" }),
        await subject.ask({ method: "POST", path: "/sessions" }),
      ];
      for (const answer of [first, second]) {
        expectThat(answer.status === 201, "the status must be 201", answer);
        expectThat(/^[\w-]{22,}$/.test(String(answer.json?.sessionToken)), "sessionToken must have 128 bits or more", answer);
        expectThat(Date.parse(String(answer.json?.expiresAt)) > Date.now(), "expiresAt must be a time to come", answer);
      }
      expectThat(first.json?.sessionToken !== second.json?.sessionToken, "each session must have a token of its own", second);
      return undefined;
    },
  },
  {
    rule: "a trade without a session, or with one that is not known, is refused with 401 and the contract's type; the same key in an open one is accepted",
    run: async (subject) => {
      if (subject.session === undefined) return NONE;
      const unknown = "A".repeat(43);
      expectProblem(await tradeWith(subject, "session", undefined), [401], ["session-token"], SESSION_PROBLEM);
      expectProblem(await tradeWith(subject, "session", unknown), [401], ["session-token"], SESSION_PROBLEM);
      const answer = await tradeWith(subject, "session", subject.session);
      expectThat(answer.status === 202, "the trade must be accepted with 202", answer);
      return undefined;
    },
  },
  {
    rule: "a trade that was accepted in one session gets the same answer in another, to the byte",
    run: async (subject) => {
      if (subject.session === undefined) return NONE;
      const first = await tradeWith(subject, "sessions", subject.session);
      const second = await tradeWith(subject, "sessions", await sessionOf(subject.ask));
      expectThat(second.status === 202 && second.text === first.text, `the second answer must be ${first.text}`, second);
      return undefined;
    },
  },
  {
    rule: "who brings no credentials gets no session",
    run: async (subject) => {
      if (subject.session === undefined) return NONE;
      if (!subject.authenticated) return { skipped: "no --header with credentials was given" };
      expectProblem(await subject.ask({ method: "POST", path: "/sessions", anonymous: true }), [401, 403]);
      return undefined;
    },
  },
];
