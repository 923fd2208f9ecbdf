/**
 * The step of a plan of ARC Region switch, run in the region that the plan activates. ARC's documentation says nothing of the event, so nothing is read
 * from it: to invoke this function is to ask for its region. It fails until the region is active, and ARC comes again.
 */
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { httpProbe } from "../adapters/http-probe";
import { leaseStore } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { moves } from "../adapters/moves";
import { tableClient } from "../adapters/table";
import { switchRegion, type Switched } from "../core/region-switch";

const env = environment(
  "AWS_REGION",
  "LEASE_TABLE",
  "PEER_URL",
  "FAILOVER_STATE_MACHINE_ARN",
  "SWITCHOVER_STATE_MACHINE_ARN",
  "HOLDER_SILENCE_SECONDS",
);
const CHECK_DEADLINE_MS = 1_500;
const ports = {
  lease: leaseStore(tableClient(CHECK_DEADLINE_MS), env.LEASE_TABLE),
  ledger: ownLedger(CHECK_DEADLINE_MS),
  probe: httpProbe,
  moves: moves(env.FAILOVER_STATE_MACHINE_ARN, env.SWITCHOVER_STATE_MACHINE_ARN),
  clock: systemClock,
  log,
};
const settings = {
  region: env.AWS_REGION,
  peerReadyUrl: `${env.PEER_URL}/health/ready`,
  silenceMs: env.HOLDER_SILENCE_SECONDS * 1000,
};

export const handler = (): Promise<Switched> => switchRegion(settings, ports);
