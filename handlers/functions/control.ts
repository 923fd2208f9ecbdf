/** GET /control/active: 200 only while this region holds the lease. Health check B reads it, inverted. */
import * as functions from "../../contract/functions";
import { respond, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { ownLease } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { remembered } from "../core/health";
import { activity } from "../core/activity";

const env = environment(functions.control);
// Two tries fit into the function's five seconds: whoever asks hears a 503, not a gateway's timeout.
const lease = ownLease(env, tableClient(1_500, 2));

/** Anybody may ask, any number of times: one strong read a second serves them all. */
const FRESH_MS = 1_000;
const active = remembered(FRESH_MS, systemClock, () => activity(env.AWS_REGION, lease, log));

export const handler = async (): Promise<ApiResponse> => respond(await active());
