/** Step of failover and switchover: takes the lease for this region, conditional on the epoch that the caller saw. */
import * as functions from "../../contract/functions";
import { environment } from "../adapters/environment";
import { ownLease } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { takeLease, takeRequest, type TakeResult } from "../core/lease-step";

const env = environment(functions.leaseStep);
const lease = ownLease(env, tableClient());

export const handler = async (event: unknown): Promise<TakeResult> => takeLease(takeRequest(event), lease, env.AWS_REGION, log);
