import { SESSION_PROBLEM } from "../../contract/problems";
import { SESSION_HEADER } from "../../contract/routes";
import type { Clock, Log, SessionStore } from "../ports";
import type { Caller } from "./caller";
import { json, problem, unavailable, type Answer } from "./problem";
import { within } from "./within";

/** A table that is silent for this long must not cost the client the time in which the other region could answer. */
const STORE_DEADLINE_MS = 2_000;

interface SessionPorts {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  readonly sha256: (text: string) => string;
}

export interface OpeningPorts extends SessionPorts {
  readonly sessions: Pick<SessionStore, "open">;
  /** Nobody can guess it. */
  readonly newToken: () => string;
  readonly lifetimeSeconds: number;
  readonly region: string;
}

export interface CheckingPorts extends SessionPorts {
  /** Undefined: a trade needs no session. */
  readonly sessions: Pick<SessionStore, "find"> | undefined;
}

/** POST /sessions. What is kept of the token is its digest: who reads the table, a backup of it or its stream can use no session. */
export async function openSession(caller: Caller, ports: OpeningPorts): Promise<Answer> {
  const { sessions, clock, log, sha256, newToken, lifetimeSeconds, region } = ports;
  const sessionToken = newToken();
  const expiresAt = Math.floor(clock.now() / 1_000) + lifetimeSeconds;
  try {
    await within(clock, STORE_DEADLINE_MS, () =>
      sessions.open(sha256(sessionToken), { caller: caller.id, expiresAt, openedRegion: region }),
    );
  } catch (error) {
    log.error("a session could not be opened", { caller: caller.id, error });
    return unavailable("no session can be opened here now");
  }
  return json(201, { sessionToken, expiresAt: new Date(expiresAt * 1_000).toISOString(), openedRegion: region });
}

/** Of all that is wrong with a session a client hears the same, and does the same about it. */
function noSession(token: string | undefined): Answer {
  const detail =
    token === undefined || token === "" ? "is missing" : "names no session that is open here and this caller's: unknown, over or another's";
  return problem({
    type: SESSION_PROBLEM,
    status: 401,
    title: "Unauthorized",
    detail: `${SESSION_HEADER} ${detail}. Nothing was promised. POST /sessions opens one here; then send the same Idempotency-Key again.`,
    errors: [{ field: SESSION_HEADER, detail }],
    challenge: `Session header="${SESSION_HEADER}"`,
  });
}

/** Undefined: the caller has an open session, or needs none. DynamoDB deletes what is over hours late, so the time is asked for here. */
export async function refusalOf(caller: Caller, token: string | undefined, ports: CheckingPorts): Promise<Answer | undefined> {
  const { sessions, clock, log, sha256 } = ports;
  if (sessions === undefined) return undefined;
  if (token === undefined || token === "") return noSession(token);
  try {
    const session = await within(clock, STORE_DEADLINE_MS, () => sessions.find(sha256(token)));
    const isGood = session?.caller === caller.id && session.expiresAt * 1_000 > clock.now();
    return isGood ? undefined : noSession(token);
  } catch (error) {
    log.error("sessions can't be read", { caller: caller.id, error });
    return unavailable(
      "it can't be seen now whether the session is open; nothing was promised: send it again with the same Idempotency-Key",
    );
  }
}
