/** POST /sessions: opens a session of the caller's, where a trade needs one. */
import * as functions from "../../contract/functions";
import { access } from "../adapters/access";
import { presented, respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { sha256 } from "../adapters/hashing";
import { log } from "../adapters/log";
import { newSessionToken, openSessions } from "../adapters/open-sessions";
import { tableClient } from "../adapters/table";
import { openSession } from "../core/session";

const env = environment(functions.sessionOpening);
const sessions = openSessions(env, tableClient(1_000, 2));
if (sessions === undefined) throw new Error("environment variables of this function are wrong: REQUIRED_SESSIONS_TABLE is missing");
const callerOf = access(env);
const ports = {
  sessions,
  newToken: newSessionToken,
  lifetimeSeconds: env.SESSION_SECONDS,
  clock: systemClock,
  log,
  sha256,
  region: env.AWS_REGION,
};

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  const verdict = await callerOf(presented(request));
  return respond("refusal" in verdict ? verdict.refusal : await openSession(verdict.caller, ports));
}
