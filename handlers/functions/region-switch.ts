/**
 * The step of a plan of ARC Region switch, run in the region that the plan activates. ARC's documentation says nothing of the event, so nothing is read
 * from it: to invoke this function is to ask for its region. It fails until the region is active, and ARC comes again.
 */
import * as functions from "../../contract/functions";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { httpProbe } from "../adapters/http-probe";
import { ownLease } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { moves } from "../adapters/moves";
import { tableClient } from "../adapters/table";
import { switchRegion, type Switched } from "../core/region-switch";

const env = environment(functions.regionSwitch);
const CHECK_DEADLINE_MS = 1_500;
const ports = {
  lease: ownLease(env, tableClient(CHECK_DEADLINE_MS)),
  ledger: ownLedger(env, CHECK_DEADLINE_MS),
  probe: httpProbe,
  moves: moves(env),
  clock: systemClock,
  log,
};
const settings = {
  region: env.AWS_REGION,
  peerReadyUrl: `${env.PEER_URL}/health/ready`,
  silenceMs: env.HOLDER_SILENCE_SECONDS * 1000,
};

export const handler = (): Promise<Switched> => switchRegion(settings, ports);
