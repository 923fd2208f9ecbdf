/** The functions of the system, as their handlers call the cores: each is a program that the model answers call by call. */
import { EVERYTHING } from "../../contract/steps";
import { acceptTrade } from "../../handlers/core/intake";
import { takeLease } from "../../handlers/core/lease-step";
import { checkTarget, promote, raiseFence, switchover } from "../../handlers/core/promotion";
import { reconcile } from "../../handlers/core/reconciliation";
import { runSentinel } from "../../handlers/core/sentinel";
import { settleBatch } from "../../handlers/core/settlement";
import {
  announcements,
  bodyOf,
  CALLER,
  chainPort,
  clockPort,
  databasePort,
  hash,
  journalPort,
  leasePort,
  ledgerPort,
  log,
  metrics,
  queuePort,
  regionOfName,
  sentinelPorts,
  tradeNamed,
} from "./ports";
import type { Program } from "./replay";
import type { Region } from "./world";

/** What is called, with what: plain data, so that it can name a program. */
export interface Invocation {
  readonly fn: "intake" | "processor" | "reconciler" | "lease-step" | "database-step" | "sentinel";
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Settings of the system that a mutation may change. */
export interface Tuning {
  /** The model's reconcilers run at one moment: 0 closes a doubt after the first pass that finds nothing, anything else never. */
  readonly doubtOpenMs: number;
  readonly leaseLengthMs: number;
  readonly leaseLimitMs: number;
}
export const TUNING: Tuning = { doubtOpenMs: 0, leaseLengthMs: 15_000, leaseLimitMs: 60_000 };

export const SENTINEL_TICK_MS = 5_000;
/** A run of the model's sentinel: nine ticks, then the schedule starts the next. Real ones last for two minutes and overlap. */
const SENTINEL_RUN_MS = 45_000;

/** `invocation` in `region`. What it resolves with is what the function would return, as plain data. */
export function programOf({ fn, payload }: Invocation, region: Region, tuning: Tuning): Program {
  return async (ask, now) => {
    const clock = clockPort(ask, now);
    const common = {
      lease: leasePort(ask),
      chain: chainPort(ask),
      ledger: ledgerPort(ask),
      journal: journalPort(ask),
      queue: queuePort(ask),
      clock,
      log,
      metrics,
      region,
    };
    const database = { ...common, database: databasePort(ask), regionOf: regionOfName };
    const epoch = payload.epoch as number;
    switch (fn) {
      case "intake": {
        const trade = payload.trade as string;
        const request = { caller: CALLER, contentType: "application/json", idempotencyKey: trade, body: bodyOf(trade) };
        return (await acceptTrade(request, { ...common, ...announcements, sessions: undefined, sha256: hash })).status;
      }
      case "processor": {
        const batch = (payload.trades as string[]).map(tradeNamed);
        const { retry } = await settleBatch(batch, { ...common, ...announcements });
        return batch.filter(({ tradeId }) => retry.includes(tradeId)).map(({ idempotencyKey }) => idempotencyKey);
      }
      case "reconciler":
        return reconcile(
          {
            epoch: payload.action === "reconcile" ? epoch : undefined,
            part: (payload.part as string | undefined) ?? EVERYTHING,
            sideBySide: payload.action === "reconcile",
            minimumAgeMs: 0,
            pendingPages: Infinity,
            doubtOpenMs: tuning.doubtOpenMs,
            deadline: Infinity,
          },
          common,
        );
      case "lease-step":
        return takeLease(payload, common.lease, region, log);
      case "database-step":
        switch (payload.action) {
          case "promote":
            return { state: await promote(epoch, database) };
          case "switchover":
            return { state: await switchover(epoch, database) };
          case "raiseFence":
            return raiseFence(epoch, database);
          case "checkTarget":
            return checkTarget(5_000, database);
          default:
            throw new Error(`database-step has no action ${String(payload.action)}`);
        }
      case "sentinel":
        await runSentinel(
          {
            region,
            peerReadyUrl: "peer",
            leaseLengthMs: tuning.leaseLengthMs,
            leaseLimitMs: tuning.leaseLimitMs,
            renewalMs: SENTINEL_TICK_MS,
            runMs: SENTINEL_RUN_MS,
            trigger: "sentinel",
          },
          { ...database, ...sentinelPorts(ask) },
        );
        return null;
    }
  };
}
