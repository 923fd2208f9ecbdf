import type { ChainStore, Clock, Journal, LeaseStore, Ledger, Log, Metrics, TradeQueue } from "../ports";
import { secureChain, type ChainPorts } from "./chain";
import { inParallel } from "./in-parallel";
import { tradeOf } from "./messages";
import type { Doubt, Head, JournalEntry } from "./model";

export interface ReconciliationPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly chain: ChainPorts["chain"] & Pick<ChainStore, "doubt">;
  readonly ledger: ChainPorts["ledger"] & Pick<Ledger, "present">;
  readonly journal: Pick<Journal, "pending" | "reopen" | "marked">;
  readonly queue: Pick<TradeQueue, "send">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

export interface ReconciliationResult {
  /** True when all that is in doubt was held against the ledger and every unsettled trade in scope is in the queue. */
  readonly done: boolean;
  /** Unsettled trades that were put into the queue again. */
  readonly requeued: number;
  /** Marked trades that the ledger had lost: reopened and queued. */
  readonly replayed: number;
  /** Unsettled trades seen. */
  readonly pending: number;
  /** Where the backlog goes on, if time ran out before its end. */
  readonly cursor?: string;
}

export interface ReconciliationScope {
  /** The epoch that the caller acts under; undefined: whatever this region holds now. */
  readonly epoch?: number;
  /** Leaves trades alone that were accepted less than this ago: they are on their way. Milliseconds; negative allows for clocks that are ahead. */
  readonly minimumAgeMs: number;
  /**
   * How long a doubt stays open after it was found, milliseconds: each pass until then looks at it again. Above all that an index may be behind, and that a
   * function may take between two of its calls.
   */
  readonly doubtOpenMs: number;
  /** Pages of unsettled trades to queue at most: a pass each minute must not flood a queue that only waits for its ledger. */
  readonly pendingPages: number;
  /** Where an earlier run of this scope stopped. */
  readonly cursor?: string;
  /** Monotonic time at which to stop and say `done: false`. */
  readonly deadline: number;
}

const REOPENED_AT_ONCE = 16;
const NOTHING: ReconciliationResult = { done: false, requeued: 0, replayed: 0, pending: 0 };

/**
 * Brings ledger and journal together, in the region that holds the lease and nowhere else. Everything it writes is conditional or idempotent,
 * so a pass that was killed, or that two runs make at once, is made good by the next.
 */
export async function reconcile(scope: ReconciliationScope, ports: ReconciliationPorts): Promise<ReconciliationResult> {
  const lease = await ports.lease.read();
  if (lease?.holder !== ports.region) return NOTHING;
  if (scope.epoch !== undefined && scope.epoch !== lease.epoch) {
    ports.log.warn("this reconciliation belongs to another epoch", { asked: scope.epoch, epoch: lease.epoch });
    return NOTHING;
  }
  let head: Head | undefined;
  try {
    head = await secureChain(lease.epoch, ports);
  } catch (error) {
    ports.log.warn("this region's ledger is not ready to be compared", { epoch: lease.epoch, error });
  }
  if (head === undefined) return NOTHING;
  // What is pending comes first: a doubt may take long, and whoever waits for a settlement waits for these.
  const backlog = await requeue(scope, head.doubt !== undefined, ports);
  ports.metrics.put("TradesPending", backlog.pending);
  const tail = await resolveDoubt(head, lease.epoch, scope, ports);
  if (tail.replayed > 0)
    ports.log.warn("the ledger had lost settlements; they are replayed", { replayed: tail.replayed, epoch: lease.epoch });
  const { complete, ...counts } = backlog;
  return { ...counts, done: tail.complete && complete, replayed: tail.replayed };
}

/** Share of the time that what is pending may take, where something is in doubt. */
const PENDING_SHARE = 0.75;

/**
 * A mark in doubt is a claim about a history that may be lost: each is held against the ledger's rows, again with each pass until no index can be behind any more. A
 * pass goes on where the one before it was cut short.
 */
async function resolveDoubt(
  { doubt, base }: Head,
  epoch: number,
  scope: ReconciliationScope,
  ports: ReconciliationPorts,
): Promise<{ complete: boolean; replayed: number }> {
  if (doubt === undefined) return { complete: true, replayed: 0 };
  const { chain, clock, journal } = ports;
  const { from, to, foundAt, verified } = doubt;
  const began = doubt.pass?.began ?? new Date(clock.now()).toISOString();
  let cursor = doubt.pass?.cursor;
  let replayed = 0;
  let queued = true;
  do {
    if (clock.monotonic() >= scope.deadline) {
      if (cursor !== undefined) await chain.doubt(base, { ...doubt, pass: { began, cursor } });
      return { complete: verified === true && queued, replayed };
    }
    const page = await journal.marked(from, to, cursor);
    const reopened = await reopenLost(page.entries, doubt, epoch, ports);
    // Reopened is pending: what can't be queued now is found there.
    if (reopened.length > 0) queued = (await enqueue(reopened, ports)) && queued;
    replayed += reopened.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  const isOver = replayed === 0 && Date.parse(began) - Date.parse(foundAt) >= scope.doubtOpenMs;
  await chain.doubt(base, isOver ? undefined : { from, to, foundAt, verified: true });
  return { complete: queued, replayed };
}

/** Reopens the trades of these that the ledger does not hold; answers those. */
async function reopenLost(
  entries: readonly JournalEntry[],
  { to }: Doubt,
  epoch: number,
  { journal, ledger }: ReconciliationPorts,
): Promise<JournalEntry[]> {
  if (entries.length === 0) return [];
  const present = await ledger.present(
    epoch,
    entries.map((entry) => entry.tradeId),
  );
  const reopened: JournalEntry[] = [];
  const lost = entries.filter((entry) => !present.has(entry.tradeId));
  await inParallel(REOPENED_AT_ONCE, lost, async (entry) => {
    if (entry.settledSeq !== undefined && (await journal.reopen(entry.tradeId, entry.settledSeq, to)) === "reopened") reopened.push(entry);
  });
  return reopened;
}

/** Pages that are being queued while the next is read: bounds what a long backlog takes of the memory. */
const PAGES_IN_FLIGHT = 4;

async function requeue(
  scope: ReconciliationScope,
  inDoubt: boolean,
  ports: ReconciliationPorts,
): Promise<{ complete: boolean; pending: number; requeued: number; cursor?: string }> {
  const { journal, clock } = ports;
  const acceptedBefore = new Date(clock.now() - scope.minimumAgeMs).toISOString();
  const now = clock.monotonic();
  const deadline = inDoubt ? now + PENDING_SHARE * (scope.deadline - now) : scope.deadline;
  const sending = new Set<Promise<void>>();
  let pending = 0;
  let requeued = 0;
  let cursor = scope.cursor;
  let isRead = false;
  const send = async (entries: readonly JournalEntry[]): Promise<void> => {
    if (await enqueue(entries, ports)) requeued += entries.length;
  };
  // A page may be empty and not the last: only those that hold something count.
  for (let pages = 0; !isRead && pages < scope.pendingPages && clock.monotonic() < deadline;) {
    const { entries, cursor: next } = await journal.pending(acceptedBefore, cursor);
    if (entries.length > 0) {
      pages += 1;
      pending += entries.length;
      if (sending.size >= PAGES_IN_FLIGHT) await Promise.race(sending);
      const work: Promise<void> = send(entries).finally(() => sending.delete(work));
      sending.add(work);
    }
    cursor = next;
    isRead = next === undefined;
  }
  await Promise.all(sending);
  return { complete: isRead && requeued === pending, pending, requeued, ...(cursor === undefined ? {} : { cursor }) };
}

/** A trade that its queue does not take must not keep those behind it from being queued: the pass goes on, and is not done. */
async function enqueue(entries: readonly JournalEntry[], { queue, log }: ReconciliationPorts): Promise<boolean> {
  try {
    await queue.send(entries.map(tradeOf));
    return true;
  } catch (error) {
    log.warn("not all of these trades were queued; the next pass finds them again", { trades: entries.length, error });
    return false;
  }
}
