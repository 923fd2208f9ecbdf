import type {
  AuditLog,
  ChainStore,
  Clock,
  Decided,
  Journal,
  LeaseStore,
  Ledger,
  Log,
  Metrics,
  Sessions,
  TradeEvents,
  TradeQueue,
} from "../ports";
import { cover, secureChain } from "./chain";
import { inParallel } from "./in-parallel";
import { decisionOf, tradeOf } from "./messages";
import type { Head, JournalEntry, Lease, Mark, Settlement, Trade } from "./model";

export interface SettlementPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly chain: Pick<ChainStore, "read" | "create" | "replace" | "advance">;
  readonly ledger: Pick<Ledger, "judge" | "settle" | "holds" | "beginAnew">;
  readonly journal: Pick<Journal, "getAll" | "decide" | "markSettled">;
  readonly queue: Pick<TradeQueue, "sendTo">;
  readonly audit: AuditLog;
  readonly sessions: Sessions;
  readonly events: Pick<TradeEvents, "settled">;
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

const WRITES_AT_ONCE = 32;
/** Keeps a transaction's answer well below the Data API's 1 MiB. */
const TRADES_A_TRANSACTION = 2_000;

/**
 * Settles a batch where the ledger's fence row names the lease's epoch and this region, and only there: the lease is read for its number, the
 * fence row decides. What is settled is what the journal holds: a message says which trades, and nothing more.
 *
 * What becomes of a trade is decided once, and the journal has it before the ledger does: whatever is lost and settled anew, and whatever is restricted by then, the
 * outcome that was announced stands.
 *
 * Everything after the ledger is repeated by a redelivery, so each step bears repetition; the journal's mark comes last, because it is what ends the
 * repetition. It is written once the head of the ledger's history covers the settlement, and the message is let go once the history is seen not to have begun anew
 * meanwhile: a mark that comes late, after the ledger has lost what it speaks of, always has a message behind it.
 *
 * Order: positions are sums, so trades of an account may settle in any order; `acceptedAt` keeps the order of acceptance.
 */
export async function settleBatch(batch: readonly Trade[], ports: SettlementPorts): Promise<BatchResult> {
  const trades = [...new Map(batch.map((trade) => [trade.tradeId, trade])).values()];
  const lease = trades.length > 0 ? await ports.lease.read() : undefined;
  if (!lease) return retryAll(trades);
  // The fence would refuse it too, at the price of asking a ledger that may not be there.
  if (lease.holder !== ports.region) return handOver(trades, lease.holder, ports);
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

/** Losses that a batch finds and goes on after: each is a tail that a promotion took. */
const LOSSES_A_BATCH = 2;

async function settlePart(trades: readonly Trade[], lease: Lease, ports: SettlementPorts): Promise<BatchResult> {
  let head = await ports.chain.read();
  for (let found = 0; found <= LOSSES_A_BATCH; found++) {
    const secured = found === 0 && head?.epoch === lease.epoch ? head : await unlessAway(secureChain(lease.epoch, ports), lease, ports);
    if (secured === undefined) break;
    head = secured;
    const result = await settleAt(head, trades, lease, ports);
    if (result !== "astray") return result;
  }
  return retryAll(trades);
}

/** The ledger's answer; undefined where it gives none: a promotion is running, or its server is down. The batch comes back later. */
async function unlessAway<T>(answer: Promise<T>, lease: Lease, { log }: SettlementPorts): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    log.info("this region's ledger did not take the batch", { ...lease, error });
    return undefined;
  }
}

/** Settles at this head of the history; "astray": the ledger does not hold it any more. */
async function settleAt(head: Head, messages: readonly Trade[], lease: Lease, ports: SettlementPorts): Promise<BatchResult | "astray"> {
  const entries = await ports.journal.getAll(messages.map(({ tradeId }) => tradeId));
  const { trades, unknown } = asAccepted(messages, entries, ports);
  // A mark of the history as it stands is as good as the ledger's own word; one of a history that was lost is not.
  const open = trades.filter(({ tradeId }) => !isFinished(entries.get(tradeId), head));
  if (open.length === 0) return { settled: [], retry: unknown };
  const decided = await decide(open, entries, lease, ports);
  if (decided === undefined) return retryAll(messages);
  const decidedOn = open.flatMap((trade) => withDecision(trade, decided.get(trade.tradeId)));
  const undecided = open.filter(({ tradeId }) => !decided.has(tradeId)).map(({ tradeId }) => tradeId);
  if (decidedOn.length === 0) return { settled: [], retry: [...undecided, ...unknown] };
  const result = await unlessAway(ports.ledger.settle(lease.epoch, head, decidedOn), lease, ports);
  if (result === undefined) return retryAll(messages);
  switch (result.kind) {
    case "astray":
      return "astray";
    case "settled": {
      const covered = await unlessAway(cover(head, result.link, ports), lease, ports);
      if (covered === "astray") return "astray";
      if (covered !== "covered") return retryAll(messages);
      // One that an earlier delivery had finished is marked anew and not announced a second time.
      const silent = (tradeId: string): boolean => !result.fresh.has(tradeId) && entries.get(tradeId)?.status === "SETTLED";
      const mark = { epoch: lease.epoch, seq: result.link.seq };
      const { settled, retry } = await finish(decidedOn, [...decided.values()], { mark, silent }, ports);
      return { settled, retry: [...retry, ...undecided, ...unknown] };
    }
    case "fenced":
      noteFenced(open, result.ledgerEpoch, lease, ports);
      return retryAll(messages);
    case "refused": {
      const { settled, retry } = await isolate(decidedOn, result.reason, lease, ports);
      return { settled, retry: [...retry, ...undecided, ...unknown] };
    }
  }
}

function noteFenced(trades: readonly Trade[], ledgerEpoch: number, lease: Lease, { log, metrics }: SettlementPorts): void {
  log.warn("fenced: this region's ledger is not at the lease's epoch", { ledgerEpoch, ...lease });
  metrics.put("SettlementsFenced", trades.length);
}

const withDecision = (trade: Trade, decision: Settlement | undefined): Decided[] =>
  decision === undefined ? [] : [decision.reason === undefined ? trade : { ...trade, reason: decision.reason }];

/**
 * What becomes of these trades: what the journal has of them, else what the ledger says now and the journal then takes. Those that it did not take are not among the
 * answers; undefined: the ledger could not be asked, or is not the one to ask.
 */
async function decide(
  trades: readonly Trade[],
  entries: ReadonlyMap<string, JournalEntry>,
  lease: Lease,
  ports: SettlementPorts,
): Promise<ReadonlyMap<string, Settlement> | undefined> {
  const decided = new Map(trades.flatMap(({ tradeId }) => decisionOf(entries.get(tradeId)) ?? []).map((one) => [one.tradeId, one]));
  const open = trades.filter(({ tradeId }) => !decided.has(tradeId));
  if (open.length === 0) return decided;
  const judged = await unlessAway(ports.ledger.judge(lease.epoch, open), lease, ports);
  if (judged === undefined) return undefined;
  if (judged.kind === "fenced") {
    noteFenced(open, judged.ledgerEpoch, lease, ports);
    return undefined;
  }
  await inParallel(WRITES_AT_ONCE, [...judged.settlements.values()], async (settlement) => {
    try {
      const standing = await ports.journal.decide(settlement);
      if (standing !== undefined) decided.set(standing.tradeId, standing);
    } catch (error) {
      ports.log.warn("what becomes of this trade could not be recorded; it will be delivered again", {
        tradeId: settlement.tradeId,
        error,
      });
    }
  });
  return decided;
}

const isFinished = (entry: JournalEntry | undefined, { base }: Head): boolean =>
  entry?.status === "SETTLED" && entry.settledSeq !== undefined && entry.settledSeq >= base;

/** The trades as the journal has accepted them. What it has not accepted is no trade, whoever sent it. */
function asAccepted(
  messages: readonly Trade[],
  entries: ReadonlyMap<string, JournalEntry>,
  { log, metrics }: SettlementPorts,
): { trades: Trade[]; unknown: string[] } {
  const trades: Trade[] = [];
  const unknown: string[] = [];
  for (const message of messages) {
    const entry = entries.get(message.tradeId);
    if (entry) trades.push(tradeOf(entry));
    else unknown.push(message.tradeId);
  }
  if (unknown.length > 0) {
    log.error("the journal has not accepted these; they go to the dead-letter queue after their last delivery", { tradeIds: unknown });
    metrics.put("TradesUnknown", unknown.length);
  }
  return { trades, unknown };
}

/** To the queue of the region that may settle. If it can't be reached, the batch comes back later. */
async function handOver(trades: readonly Trade[], holder: string, ports: SettlementPorts): Promise<BatchResult> {
  try {
    // A queue that refuses one message at a time would otherwise send the same batch back for ever.
    const retry = await ports.queue.sendTo(holder, trades);
    if (retry.length > 0) ports.log.warn("the holder's queue did not take all of the batch", { holder, trades: retry.length });
    return { settled: [], retry };
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
    ports.metrics.put("TradesRefused", 1);
    return retryAll(trades);
  }
  const middle = Math.ceil(trades.length / 2);
  return settleEach([trades.slice(0, middle), trades.slice(middle)], lease, ports);
}

interface Finish {
  readonly mark: Mark;
  /** Trades that were announced before, by their ids: they are marked and nothing more. */
  readonly silent: (tradeId: string) => boolean;
}

async function finish(
  batch: readonly Trade[],
  settlements: readonly Settlement[],
  { mark, silent }: Finish,
  ports: SettlementPorts,
): Promise<BatchResult> {
  const news = settlements.filter(({ tradeId }) => !silent(tradeId));
  const ids = new Set(news.map(({ tradeId }) => tradeId));
  const trades = batch.filter(({ tradeId }) => ids.has(tradeId));
  const at = new Date(ports.clock.now()).toISOString();
  const unsaid = new Set<string>();
  const announcements = [
    () => ports.audit.record(mark.epoch, trades, news),
    () => touchSessions(trades, ports),
    () => tell(mark.epoch, trades, news, unsaid, ports),
  ];
  if (news.length > 0) await inParallel(announcements.length, announcements, (announce) => announce());
  const failed = [...unsaid];
  const said = settlements.filter(({ tradeId }) => !unsaid.has(tradeId));
  await inParallel(WRITES_AT_ONCE, said, async ({ tradeId }) => {
    try {
      if ((await ports.journal.markSettled(tradeId, mark, at)) === "stale") {
        ports.log.warn("this trade was reopened since, or the journal has none such", { tradeId, ...mark });
        failed.push(tradeId);
      }
    } catch (error) {
      ports.log.warn("settled but not marked; it will be delivered again", { tradeId, error });
      failed.push(tradeId);
    }
  });
  const head = await ports.chain.read();
  if (head === undefined || head.base > mark.seq) {
    ports.log.warn("the ledger's history has begun anew meanwhile; the batch will be delivered again", { ...mark, base: head?.base });
    return { settled: [], retry: settlements.map(({ tradeId }) => tradeId) };
  }
  ports.metrics.put("TradesSettled", settlements.length - failed.length);
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
  await inParallel(WRITES_AT_ONCE, [...last.values()], async ({ accountId, tradeId, acceptedAt }) => {
    await sessions.touch(accountId, tradeId, acceptedAt).catch((error: unknown) => log.warn("session not updated", { accountId, error }));
  });
}
