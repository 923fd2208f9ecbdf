/** Steps of failover and switchover that move the ledger: promote, switchover, raiseFence, checkTarget. */
import type { StepPayloads } from "../../contract/steps";
import * as functions from "../../contract/functions";
import { ownChain } from "../adapters/chain-store";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { regionOfArn } from "../adapters/global-database";
import { ownLease } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { ownDatabase } from "../adapters/own-database";
import { tableClient } from "../adapters/table";
import { checkTarget, promote, raiseFence, switchover, type MoveState, type TargetState } from "../core/promotion";

const env = environment(functions.databaseStep);
const tables = tableClient();
const ports = {
  lease: ownLease(env, tables),
  chain: ownChain(env, tables),
  clock: systemClock,
  metrics: metrics(env),
  database: ownDatabase(env),
  ledger: ownLedger(env),
  log,
  region: env.AWS_REGION,
  regionOf: regionOfArn,
};

type StepResult = { readonly state: MoveState } | { readonly raised: boolean; readonly ledgerEpoch: number } | TargetState;

export async function handler(step: StepPayloads["databaseStep"]): Promise<StepResult> {
  switch (step.action) {
    case "promote":
      return { state: await promote(step.epoch, ports) };
    case "switchover":
      return { state: await switchover(step.epoch, ports) };
    case "raiseFence":
      return raiseFence(step.epoch, ports);
    case "checkTarget":
      return checkTarget(env.MAX_SWITCHOVER_LAG_SECONDS * 1000, ports);
    default:
      throw new Error(`no step of the database: ${JSON.stringify(step)}`);
  }
}
