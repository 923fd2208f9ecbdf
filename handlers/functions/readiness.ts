/** Steps of the readiness machine: `{check}` runs one check for real, `{action: "publish", results}` makes the metrics. */
import type { CheckResult, StepPayloads } from "../../contract/steps";
import { canaryLease } from "../../contract/tables";
import * as functions from "../../contract/functions";
import { acceptanceChecks } from "../adapters/acceptance";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { evidenceStore } from "../adapters/evidence";
import { httpProbe } from "../adapters/http-probe";
import { ownJournal } from "../adapters/journal";
import type { LambdaContext } from "../adapters/lambda";
import { ownLease } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { ownDatabase } from "../adapters/own-database";
import { apiCredentials } from "../adapters/own-api";
import { failoverMachineReady } from "../adapters/state-machine";
import { tableClient } from "../adapters/table";
import { publish, runCheck, type ReadinessPorts } from "../core/readiness-run";
import { nameLeads, syntheticTrade } from "../core/validation";

const env = environment(functions.readiness);
const evidence = evidenceStore(env);
const tables = tableClient();
const trades = ownJournal(env, tables);
const [journalCheck, queueCheck] = acceptanceChecks(env, { journal: trades }, 3_000);
const lease = ownLease(env, tables);
const validation = { probe: httpProbe, journal: trades, clock: systemClock, region: env.AWS_REGION, sign: apiCredentials(env) };
/** A trade that was accepted in the passive region waits for the active one's reconciler at worst. */
const SETTLE_WAIT_MS = 45_000;
/** A move that has just ended has a minute to take the name along. */
const NAME_WAIT_MS = 60_000;

function portsFor(requestId: string): ReadinessPorts {
  return {
    journal: async () => journalCheck?.run(),
    queue: async () => queueCheck?.run(),
    canary: ownLease(env, tables, canaryLease(env.AWS_REGION)),
    database: ownDatabase(env),
    syntheticTrade: () =>
      syntheticTrade(env.OWN_URL, { key: `synthetic:${env.AWS_REGION}:readiness:${requestId}`, waitMs: SETTLE_WAIT_MS }, validation),
    publicName: () => nameLeads(env.PUBLIC_URL, { followsLease: env.NAME_FOLLOWS_LEASE, waitMs: NAME_WAIT_MS }, { ...validation, lease }),
    evidence,
    failoverMachine: () => failoverMachineReady(env),
    clock: systemClock,
    log,
    metrics: metrics(env),
    region: env.AWS_REGION,
    maxLagMs: env.MAX_SWITCHOVER_LAG_SECONDS * 1000,
  };
}

export async function handler(
  step: StepPayloads["readiness"],
  context: LambdaContext,
): Promise<CheckResult | { readonly ready: boolean; readonly failed: readonly string[] }> {
  const ports = portsFor(context.awsRequestId);
  return "check" in step ? await runCheck(step.check, ports) : await publish(step.results, ports);
}
