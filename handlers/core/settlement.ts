import type { AuditLog, Clock, Journal, LeaseStore, Ledger, Log, Metrics, Sessions, TradeEvents, TradeQueue } from "../ports";
import { inParallel } from "./in-parallel";
import type { Lease, Settlement, Trade } from "./model";

export interface SettlementPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly ledger: Pick<Ledger, "settle">;
  readonly journal: Pick<Journal, "get" | "markSettled">;
  readonly queue: Pick<TradeQueue, "sendTo">;
  readonly audit: AuditLog;
  readonly sessions: Sessions;
  readonly events: TradeEvents;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

/** What became of a batch. Trades that are in neither list have been dealt with: settled before, or handed to the holder's queue. */
export interface BatchResult {
  readonly settled: readonly Settlement[];
  /** Ids of trades that must be delivered again. */
  readonly retry: readonly string[];
}

const MARKS_AT_ONCE = 32;
/** Keeps a transaction's answer well below the Data API's 1 MiB. */
const TRADES_A_TRANSACTION = 2_000;

/**
 * Settles a batch where the ledger's fence row names the lease's epoch and this region, and only there: the lease is read for its number, the
 * fence row decides. Everything after the ledger is repeated by a redelivery, so each step bears repetition; the journal's mark comes last,
 * because it is what ends the repetition.
 *
 * Order: positions are sums, so trades of an account may settle in any order; `acceptedAt` keeps the order of acceptance.
 */
export async function settleBatch(batch: readonly Trade[], ports: SettlementPorts): Promise<BatchResult> {
  const trades = [...new Map(batch.map((trade) => [trade.tradeId, trade])).values()];
  const lease = trades.length > 0 ? await ports.lease.read() : undefined;
  if (!lease) return retryAll(trades);
  const parts = Array.from({ length: Math.ceil(trades.length / TRADES_A_TRANSACTION) }, (_, i) =>
    trades.slice(i * TRADES_A_TRANSACTION, (i + 1) * TRADES_A_TRANSACTION),
  );
  return settleEach(parts, lease, ports);
}

/** One part after the other; one that fails is no reason to leave out those behind it. Rejects with the first failure, after all. */
async function settleEach(parts: readonly (readonly Trade[])[], lease: Lease, ports: SettlementPorts): Promise<BatchResult> {
  const results: BatchResult[] = [];
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      results.push(await settlePart(part, lease, ports));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { settled: results.flatMap((part) => part.settled), retry: results.flatMap((part) => part.retry) };
}

const retryAll = (trades: readonly Trade[]): BatchResult => ({ settled: [], retry: trades.map((trade) => trade.tradeId) });

async function settlePart(trades: readonly Trade[], lease: Lease, ports: SettlementPorts): Promise<BatchResult> {
  let result;
  try {
    result = await ports.ledger.settle(lease.epoch, trades);
  } catch (error) {
    ports.log.info("this region's ledger did not take the batch", {
      trades: trades.length,
      epoch: lease.epoch,
      holder: lease.holder,
      error,
    });
    return handOver(trades, lease.holder, ports);
  }
  switch (result.kind) {
    case "settled": {
      const { settlements, fresh } = result;
      const { open, unknown } = await withoutFinished(settlements, fresh, ports);
      const { settled, retry } = await finish(trades, open, lease.epoch, ports);
      return { settled, retry: [...retry, ...unknown] };
    }
    case "fenced":
      ports.log.warn("fenced: this region's ledger is not at the lease's epoch", { ledgerEpoch: result.ledgerEpoch, ...lease });
      ports.metrics.put("SettlementsFenced", trades.length, "Count");
      return handOver(trades, lease.holder, ports);
    case "refused":
      return isolate(trades, result.reason, lease, ports);
  }
}

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
async function isolate(trades: readonly Trade[], reason: string, lease: Lease, ports: SettlementPorts): Promise<BatchResult> {
  if (trades.length === 1) {
    ports.log.error("the ledger refuses this trade; it goes to the dead-letter queue after its last delivery", {
      tradeId: trades[0]?.tradeId,
      reason,
    });
    ports.metrics.put("TradesRefused", 1, "Count");
    return retryAll(trades);
  }
  const middle = Math.ceil(trades.length / 2);
  return settleEach([trades.slice(0, middle), trades.slice(middle)], lease, ports);
}

/**
 * Of the trades that the ledger had before, those that the journal has marked too were finished by an earlier delivery: a queue that comes
 * back with its region must not announce them a second time.
 */
async function withoutFinished(
  settlements: readonly Settlement[],
  fresh: ReadonlySet<string>,
  { journal, log }: SettlementPorts,
): Promise<{ open: Settlement[]; unknown: string[] }> {
  const finished = new Set<string>();
  const unknown = new Set<string>();
  const known = settlements.filter(({ tradeId }) => !fresh.has(tradeId));
  await inParallel(MARKS_AT_ONCE, known, async ({ tradeId }) => {
    try {
      if ((await journal.get(tradeId))?.status === "SETTLED") finished.add(tradeId);
    } catch (error) {
      log.warn("settled before, and the journal can't be read: it will be delivered again", { tradeId, error });
      unknown.add(tradeId);
    }
  });
  return { open: settlements.filter(({ tradeId }) => !finished.has(tradeId) && !unknown.has(tradeId)), unknown: [...unknown] };
}

async function finish(
  batch: readonly Trade[],
  settlements: readonly Settlement[],
  epoch: number,
  ports: SettlementPorts,
): Promise<BatchResult> {
  if (settlements.length === 0) return { settled: [], retry: [] };
  const ids = new Set(settlements.map(({ tradeId }) => tradeId));
  const trades = batch.filter(({ tradeId }) => ids.has(tradeId));
  const at = new Date(ports.clock.now()).toISOString();
  const unsaid = new Set<string>();
  const announcements = [
    () => ports.audit.record(epoch, trades, settlements),
    () => touchSessions(trades, ports),
    () => tell(epoch, trades, settlements, unsaid, ports),
  ];
  await inParallel(announcements.length, announcements, (announce) => announce());
  const failed = [...unsaid];
  const said = settlements.filter(({ tradeId }) => !unsaid.has(tradeId));
  await inParallel(MARKS_AT_ONCE, said, async (settlement) => {
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

/** Adds to `unsaid` what the bus did not take: it is not marked, and delivered again; the rest of the batch need not wait for it. */
async function tell(
  epoch: number,
  trades: readonly Trade[],
  settlements: readonly Settlement[],
  unsaid: Set<string>,
  { events, log }: SettlementPorts,
): Promise<void> {
  const { refused, reason } = await events.settled(epoch, trades, settlements);
  if (refused.length === 0) return;
  log.error("settled but not announced; it will be delivered again", { trades: refused.length, tradeId: refused[0], reason });
  for (const tradeId of refused) unsaid.add(tradeId);
}

/** A session is a convenience: losing one update must not hold up a settlement. */
async function touchSessions(trades: readonly Trade[], { sessions, log }: SettlementPorts): Promise<void> {
  const last = new Map<string, Trade>();
  for (const trade of trades) {
    if ((last.get(trade.accountId)?.acceptedAt ?? "") <= trade.acceptedAt) last.set(trade.accountId, trade);
  }
  await inParallel(MARKS_AT_ONCE, [...last.values()], async ({ accountId, tradeId, acceptedAt }) => {
    await sessions.touch(accountId, tradeId, acceptedAt).catch((error: unknown) => log.warn("session not updated", { accountId, error }));
  });
}
