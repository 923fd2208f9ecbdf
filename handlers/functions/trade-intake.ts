/** POST /trades: validates, writes the journal, hints the queue, answers 202. */
import * as functions from "../../contract/functions";
import { access } from "../adapters/access";
import { bodyOf, header, presented, respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { sha256 } from "../adapters/hashing";
import { ownJournal } from "../adapters/journal";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { tradeEvents } from "../adapters/trade-events";
import { ownQueue } from "../adapters/trade-queue";
import { acceptTrade } from "../core/intake";

const env = environment(functions.tradeIntake);
const callerOf = access(env);
const ports = {
  // Three short tries fit into the core's own deadline.
  journal: ownJournal(env, tableClient(1_200, 3)),
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
  const [contentType, idempotencyKey] = ["content-type", "idempotency-key"].map((name) => header(request, name));
  return respond(await acceptTrade({ caller: verdict.caller, contentType, idempotencyKey, body: bodyOf(request) }, ports));
}
