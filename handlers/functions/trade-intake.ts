/** POST /trades: validates, asks for the session where one is needed, writes the journal, hints the queue, answers 202. */
import * as functions from "../../contract/functions";
import { SESSION_HEADER } from "../../contract/routes";
import { access } from "../adapters/access";
import { bodyOf, header, presented, respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { sha256 } from "../adapters/hashing";
import { ownJournal } from "../adapters/journal";
import { log } from "../adapters/log";
import { openSessions } from "../adapters/open-sessions";
import { tableClient } from "../adapters/table";
import { tradeEvents } from "../adapters/trade-events";
import { ownQueue } from "../adapters/trade-queue";
import { acceptTrade } from "../core/intake";

const env = environment(functions.tradeIntake);
const callerOf = access(env);
// Three short tries fit into the core's own deadline.
const tables = tableClient(1_200, 3);
const ports = {
  journal: ownJournal(env, tables),
  sessions: openSessions(env, tables),
  queue: ownQueue(env),
  events: tradeEvents(env),
  clock: systemClock,
  log,
  sha256,
  region: env.AWS_REGION,
};

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  const verdict = await callerOf(presented(request));
  if ("refusal" in verdict) return respond(verdict.refusal);
  const [contentType, idempotencyKey, session] = ["content-type", "idempotency-key", SESSION_HEADER].map((name) => header(request, name));
  return respond(await acceptTrade({ caller: verdict.caller, contentType, idempotencyKey, session, body: bodyOf(request) }, ports));
}
