/** Each minute in the active region, and as a step of failover and switchover: brings ledger and journal together. */
import { EVERYTHING, type StepPayloads } from "../../contract/steps";
import * as functions from "../../contract/functions";
import { systemClock } from "../adapters/clock";
import { ownChain } from "../adapters/chain-store";
import { environment } from "../adapters/environment";
import { ownJournal } from "../adapters/journal";
import type { LambdaContext } from "../adapters/lambda";
import { ownLease } from "../adapters/lease-store";
import { ownLedger } from "../adapters/ledger";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { tableClient } from "../adapters/table";
import { ownQueue } from "../adapters/trade-queue";
import { reconcile, type ReconciliationResult } from "../core/reconciliation";

const env = environment(functions.reconciler);
const tables = tableClient();
const ports = {
  lease: ownLease(env, tables),
  chain: ownChain(env, tables),
  ledger: ownLedger(env),
  journal: ownJournal(env, tables),
  queue: ownQueue(env),
  clock: systemClock,
  log,
  metrics: metrics(env),
  region: env.AWS_REGION,
};

/** A trade is settled within seconds; one that is older than this has been lost by its queue, or waits in another region's. */
const ON_ITS_WAY_MS = 10_000;
/** Indexes are behind by a second at most, as a rule, and a function runs for a minute; a request's signature is good for five. */
const DOUBT_OPEN_MS = 900_000;
/** 40,000 trades: a pass each minute keeps up with several hundred a second, and floods no queue that only waits for its turn; a step has queued them in seconds. */
const PAGES_A_PASS = 10;
const MARGIN_MS = 5_000;
/** A failover's step takes trades in that the other region stamped with a clock ahead of ours. */
const CLOCK_SKEW_MS = 5_000;

/** `{action: "reconcile", epoch, part}` from a state machine takes all that is unsettled; a schedule's event leaves alone what is on its way. */
export async function handler(event: Partial<StepPayloads["reconciler"]>, context: LambdaContext): Promise<ReconciliationResult> {
  const step = event.action === "reconcile";
  return reconcile(
    {
      epoch: step ? event.epoch : undefined,
      minimumAgeMs: step ? -CLOCK_SKEW_MS : ON_ITS_WAY_MS,
      pendingPages: PAGES_A_PASS,
      part: step && event.part !== undefined ? event.part : EVERYTHING,
      sideBySide: step,
      doubtOpenMs: DOUBT_OPEN_MS,
      deadline: systemClock.monotonic() + context.getRemainingTimeInMillis() - MARGIN_MS,
    },
    ports,
  );
}
