/** GET /control/active: 200 only while this region holds the lease. Health check B reads it, inverted. */
import { respond, type ApiResponse } from "../adapters/api-gateway";
import { environment } from "../adapters/environment";
import { leaseStore } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { activity } from "../core/activity";

const env = environment("AWS_REGION", "LEASE_TABLE");
// Two tries fit into the function's five seconds: whoever asks hears a 503, not a gateway's timeout.
const lease = leaseStore(tableClient(1_500, 2), env.LEASE_TABLE);

export const handler = async (): Promise<ApiResponse> => respond(await activity(env.AWS_REGION, lease, log));
