/** Started each minute, runs for about two: renews the lease where this region holds it, watches it where the other does. */
import * as functions from "../../contract/functions";
import { acceptanceChecks } from "../adapters/acceptance";
import { systemClock } from "../adapters/clock";
import { ownChain } from "../adapters/chain-store";
import { environment } from "../adapters/environment";
import { httpProbe } from "../adapters/http-probe";
import { ownJournal } from "../adapters/journal";
import type { LambdaContext } from "../adapters/lambda";
import { ownLease } from "../adapters/lease-store";
import { ledgerPermission, ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { openSessions } from "../adapters/open-sessions";
import { orchestrator } from "../adapters/orchestrator";
import { ownDatabase } from "../adapters/own-database";
import { tableClient } from "../adapters/table";
import { runSentinel } from "../core/sentinel";

const env = environment(functions.sentinel);
const CHECK_DEADLINE_MS = 1_500;
const tables = tableClient(CHECK_DEADLINE_MS);
const checks = acceptanceChecks(env, { journal: ownJournal(env, tables), sessions: openSessions(env, tables) }, CHECK_DEADLINE_MS);
const ports = {
  lease: ownLease(env, tables),
  chain: ownChain(env, tables),
  ledger: ownLedger(env, CHECK_DEADLINE_MS),
  database: ownDatabase(env),
  canAccept: async () => {
    await Promise.all(checks.map((check) => check.run()));
  },
  mayAskLedger: ledgerPermission(env, CHECK_DEADLINE_MS),
  probe: httpProbe,
  orchestrator: orchestrator(env),
  clock: systemClock,
  log,
  metrics: metrics(env),
};

/** Two runs always overlap at a start each minute. */
const RUN_MS = 115_000;
const MARGIN_MS = 5_000;

export async function handler(event: { readonly source?: string }, context: LambdaContext): Promise<void> {
  await runSentinel(
    {
      region: env.AWS_REGION,
      peerReadyUrl: `${env.PEER_URL}/health/ready`,
      leaseLengthMs: env.LEASE_LENGTH_SECONDS * 1000,
      leaseLimitMs: env.LEASE_LIMIT_SECONDS * 1000,
      renewalMs: env.LEASE_RENEWAL_SECONDS * 1000,
      runMs: Math.min(RUN_MS, context.getRemainingTimeInMillis() - MARGIN_MS),
      trigger: event.source === "aws.cloudwatch" ? "alarm" : "sentinel",
    },
    ports,
  );
}
