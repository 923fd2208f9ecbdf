/** Steps that prove a move: does the public name lead here, and does a trade get through to the ledger. */
import type { StepPayloads } from "../../contract/steps";
import * as functions from "../../contract/functions";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { httpProbe } from "../adapters/http-probe";
import { ownJournal } from "../adapters/journal";
import type { LambdaContext } from "../adapters/lambda";
import { log } from "../adapters/log";
import { apiCredentials } from "../adapters/own-api";
import { tableClient } from "../adapters/table";
import { confirmTraffic, syntheticTrade, type SyntheticResult } from "../core/validation";

const env = environment(functions.validator);
const ports = {
  probe: httpProbe,
  journal: ownJournal(env, tableClient()),
  clock: systemClock,
  region: env.AWS_REGION,
  sign: apiCredentials(env),
};

const SETTLE_WAIT_MS = 20_000;

export async function handler(
  step: StepPayloads["validator"],
  context: LambdaContext,
): Promise<SyntheticResult | { readonly confirmed: boolean; readonly detail: string }> {
  if (step.action === "confirmTraffic") return confirmTraffic(env.PUBLIC_URL, ports);
  // Nobody can know the key beforehand and spoil it: an invocation's id is random, and no answer shows it.
  const request = { key: `synthetic:${env.AWS_REGION}:${context.awsRequestId}`, epoch: step.epoch, waitMs: SETTLE_WAIT_MS };
  const result = await syntheticTrade(env.PUBLIC_URL, request, ports);
  if (result.tradeId !== "") return result;
  // The name may not lead here yet (resolvers keep an answer for its TTL): the region's own address shows whether the path behind it works.
  log.warn("the public name did not take the synthetic trade; trying this region's own address", { detail: result.detail });
  return syntheticTrade(env.OWN_URL, request, ports);
}
