/** Steps of the readiness machine: `{check}` runs one check for real, `{action: "publish", results}` makes the metrics. */
import { acceptanceChecks } from "../adapters/acceptance";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { httpProbe } from "../adapters/http-probe";
import { journal } from "../adapters/journal";
import type { LambdaContext } from "../adapters/lambda";
import { leaseStore } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { ownDatabase } from "../adapters/own-database";
import { apiCredentials } from "../adapters/own-api";
import { stateMachineReady } from "../adapters/state-machine";
import { tableClient } from "../adapters/table";
import { publish, runCheck, type CheckResult, type ReadinessPorts } from "../core/readiness-run";
import { confirmTraffic, syntheticTrade } from "../core/validation";

const env = environment(
  "AWS_REGION",
  "LEASE_TABLE",
  "JOURNAL_TABLE",
  "TRADE_QUEUE_URL",
  "PUBLIC_URL",
  "OWN_URL",
  "FAILOVER_STATE_MACHINE_ARN",
  "MAX_SWITCHOVER_LAG_SECONDS",
);
const tables = tableClient();
const trades = journal(tables, env.JOURNAL_TABLE);
const [journalCheck, queueCheck] = acceptanceChecks(trades, env.TRADE_QUEUE_URL, 3_000);
const validation = { probe: httpProbe, journal: trades, clock: systemClock, region: env.AWS_REGION, sign: apiCredentials(env.AWS_REGION) };
/** A trade that was accepted in the passive region waits for the active one's reconciler at worst. */
const SETTLE_WAIT_MS = 45_000;

function portsFor(requestId: string): ReadinessPorts {
  return {
    journal: async () => journalCheck?.run(),
    queue: async () => queueCheck?.run(),
    canary: leaseStore(tables, env.LEASE_TABLE, `canary-${env.AWS_REGION}`),
    database: ownDatabase(),
    syntheticTrade: () =>
      syntheticTrade(env.OWN_URL, { key: `synthetic:${env.AWS_REGION}:readiness:${requestId}`, waitMs: SETTLE_WAIT_MS }, validation),
    publicName: async () => {
      const { detail } = await confirmTraffic(env.PUBLIC_URL, validation);
      return { detail, answered: detail.includes("is answered by") && !detail.endsWith("nobody") };
    },
    failoverMachine: () => stateMachineReady(env.FAILOVER_STATE_MACHINE_ARN),
    clock: systemClock,
    log,
    metrics,
    region: env.AWS_REGION,
    maxLagMs: env.MAX_SWITCHOVER_LAG_SECONDS * 1000,
  };
}

type Step = { readonly check: string } | { readonly action: "publish"; readonly results: readonly CheckResult[] };

export async function handler(
  step: Step,
  context: LambdaContext,
): Promise<CheckResult | { readonly ready: boolean; readonly failed: readonly string[] }> {
  const ports = portsFor(context.awsRequestId);
  return "check" in step ? runCheck(step.check, ports) : publish(step.results, ports);
}
