/** GET /health: this region answers. GET /health/ready: it can accept a trade (journal quorum, queue, and sessions where a trade needs one). */
import * as functions from "../../contract/functions";
import { acceptanceChecks } from "../adapters/acceptance";
import { respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { ownJournal } from "../adapters/journal";
import { openSessions } from "../adapters/open-sessions";
import { tableClient } from "../adapters/table";
import { readiness, remembered } from "../core/health";
import { json } from "../core/problem";

const env = environment(functions.health);
/** Route 53 gives up after two seconds of waiting for the answer: the checks must have failed by then. */
const DEADLINE_MS = 1_200;
/** Dozens of checkers ask; one look a second serves them all. */
const FRESH_MS = 1_000;

const tables = tableClient(DEADLINE_MS);
const checks = acceptanceChecks(env, { journal: ownJournal(env, tables), sessions: openSessions(env, tables) }, DEADLINE_MS);
const VERSION = process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST";
const ready = remembered(FRESH_MS, systemClock, () => readiness(env.AWS_REGION, checks));

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  if (!request.path.endsWith("/ready")) return respond(json(200, { status: "ok", region: env.AWS_REGION, version: VERSION }));
  return respond(await ready());
}
