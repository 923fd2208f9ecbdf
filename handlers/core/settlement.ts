import type { AuditLog, Clock, Journal, LeaseStore, Ledger, Log, Metrics, Sessions, TradeEvents, TradeQueue } from "../ports";
import { inParallel } from "./in-parallel";
import type { Settlement, Trade } from "./model";

export interface SettlementPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly ledger: Pick<Ledger, "settle">;
  readonly journal: Pick<Journal, "markSettled">;
  readonly queue: Pick<TradeQueue, "sendTo">;
  readonly audit: AuditLog;
  readonly sessions: Sessions;
  readonly events: TradeEvents;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

/** What became of a batch. Trades that are in neither list have been dealt with: settled here, or handed to the holder's queue. */
export interface BatchResult {
  readonly settled: readonly Settlement[];
  /** Ids of trades that must be delivered again. */
  readonly retry: readonly string[];
}

const MARKS_AT_ONCE = 32;

/**
 * Settles a batch where this region's ledger stands at the lease's epoch, and only there: the lease is read for its number, the ledger's
 * fence row decides. Everything after the ledger is repeated by a redelivery, so each step bears repetition; the journal's mark comes last,
 * because it is what ends the repetition.
 *
 * Order: positions are sums, so trades of an account may settle in any order; `acceptedAt` keeps the order of acceptance.
 */
export async function settleBatch(batch: readonly Trade[], ports: SettlementPorts): Promise<BatchResult> {
  const trades = [...new Map(batch.map((trade) => [trade.tradeId, trade])).values()];
  if (trades.length === 0) return { settled: [], retry: [] };
  const lease = await ports.lease.read();
  if (!lease) return retryAll(trades);
  let result;
  try {
    result = await ports.ledger.settle(lease.epoch, trades);
  } catch (error) {
    ports.log.info("this region's ledger did not take the batch", { trades: trades.length, epoch: lease.epoch, holder: lease.holder, error });
    return handOver(trades, lease.holder, ports);
  }
  switch (result.kind) {
    case "settled":
      return finish(trades, result.settlements, lease.epoch, ports);
    case "fenced":
      ports.log.warn("fenced: this region's ledger is not at the lease's epoch", { ledgerEpoch: result.ledgerEpoch, epoch: lease.epoch, holder: lease.holder });
      ports.metrics.put("SettlementsFenced", trades.length, "Count");
      return handOver(trades, lease.holder, ports);
    case "refused":
      return isolate(trades, result.reason, ports);
  }
}

const retryAll = (trades: readonly Trade[]): BatchResult => ({ settled: [], retry: trades.map((trade) => trade.tradeId) });

/** To the queue of the region that may settle. If that is this one (a promotion is running) or it can't be reached, the batch comes back later. */
async function handOver(trades: readonly Trade[], holder: string, ports: SettlementPorts): Promise<BatchResult> {
  if (holder === ports.region) return retryAll(trades);
  try {
    await ports.queue.sendTo(holder, trades);
    return { settled: [], retry: [] };
  } catch (error) {
    ports.log.warn("the holder's queue can't be reached; the batch stays here", { holder, trades: trades.length, error });
    return retryAll(trades);
  }
}

/** One trade that the database refuses must not hold up the others: the batch is halved until it stands alone. */
async function isolate(trades: readonly Trade[], reason: string, ports: SettlementPorts): Promise<BatchResult> {
  if (trades.length === 1) {
    ports.log.error("the ledger refuses this trade; it goes to the dead-letter queue after its last delivery", { tradeId: trades[0]?.tradeId, reason });
    ports.metrics.put("TradesRefused", 1, "Count");
    return retryAll(trades);
  }
  const middle = Math.ceil(trades.length / 2);
  const left = await settleBatch(trades.slice(0, middle), ports);
  const right = await settleBatch(trades.slice(middle), ports);
  return { settled: [...left.settled, ...right.settled], retry: [...left.retry, ...right.retry] };
}

async function finish(trades: readonly Trade[], settlements: readonly Settlement[], epoch: number, ports: SettlementPorts): Promise<BatchResult> {
  const at = new Date(ports.clock.now()).toISOString();
  await Promise.all([
    ports.audit.record(epoch, trades, settlements),
    touchSessions(trades, at, ports),
    ports.events.settled(epoch, trades, settlements),
  ]);
  const failed: string[] = [];
  await inParallel(MARKS_AT_ONCE, settlements, async (settlement) => {
    try {
      if ((await ports.journal.markSettled(settlement, epoch, at)) === "stale") {
        ports.log.warn("a later epoch has marked this trade, or the journal has none such", { tradeId: settlement.tradeId, epoch });
      }
    } catch (error) {
      ports.log.warn("settled but not marked; it will be delivered again", { tradeId: settlement.tradeId, error });
      failed.push(settlement.tradeId);
    }
  });
  ports.metrics.put("TradesSettled", settlements.length - failed.length, "Count");
  return { settled: settlements, retry: failed };
}

/** A session is a convenience: losing one update must not hold up a settlement. */
async function touchSessions(trades: readonly Trade[], at: string, ports: SettlementPorts): Promise<void> {
  const last = new Map(trades.map((trade) => [trade.accountId, trade.tradeId]));
  await inParallel(MARKS_AT_ONCE, [...last], async ([accountId, tradeId]) => {
    await ports.sessions.touch(accountId, tradeId, at).catch((error: unknown) => ports.log.warn("session not updated", { accountId, error }));
  });
}
