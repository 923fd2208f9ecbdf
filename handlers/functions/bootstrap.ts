/**
 * Runs at each deployment, in both regions: sets the tables' deletion protection, makes the lease if there is none, and in the region that holds it brings the ledger's schema
 * up to date and the fence up to the lease's epoch. After a failover it does its work in the region that is active then.
 */
import * as functions from "../../contract/functions";
import { ownChain } from "../adapters/chain-store";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { ownLease } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { tableClient } from "../adapters/table";
import { tableProtection } from "../adapters/table-protection";
import { protectTables } from "../core/table-protection";
import { bootstrap, type BootstrapResult } from "../core/bootstrap";

const env = environment(functions.bootstrap);
const tables = tableClient();
const sharedTables = [env.JOURNAL_TABLE, env.LEASE_TABLE, env.SESSIONS_TABLE];
const ports = {
  protection: tableProtection(),
  lease: ownLease(env, tables),
  chain: ownChain(env, tables),
  clock: systemClock,
  metrics: metrics(env),
  ledger: ownLedger(env, 20_000),
  log,
  region: env.AWS_REGION,
  primaryRegion: env.PRIMARY_REGION,
};

export async function handler(): Promise<BootstrapResult> {
  await protectTables(sharedTables, env.DELETION_PROTECTION, ports);
  return bootstrap(ports);
}
