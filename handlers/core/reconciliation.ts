import type { Clock, Journal, LeaseStore, Ledger, Log, Metrics, TradeQueue } from "../ports";
import { inParallel } from "./in-parallel";
import { tradeOf } from "./messages";
import type { JournalEntry } from "./model";

export interface ReconciliationPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly ledger: Pick<Ledger, "present">;
  readonly journal: Pick<Journal, "pending" | "reopen" | "settledByEarlierEpochs">;
  readonly queue: Pick<TradeQueue, "send">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

export interface ReconciliationResult {
  /** True when the whole tail window was verified and every unsettled trade in scope is in the queue. */
  readonly done: boolean;
  /** Unsettled trades that were put into the queue again. */
  readonly requeued: number;
  /** Marked trades that the ledger had lost: reopened and queued. */
  readonly replayed: number;
  /** Unsettled trades seen. */
  readonly pending: number;
}

export interface ReconciliationScope {
  /** The epoch that the caller acts under; undefined: whatever this region holds now. */
  readonly epoch?: number;
  /** Leaves trades alone that were accepted less than this ago: they are on their way. Milliseconds; negative allows for clocks that are ahead. */
  readonly minimumAgeMs: number;
  /** How far back marks of earlier epochs are verified. Milliseconds; far above any replication lag. */
  readonly tailWindowMs: number;
  /**
   * A move may end hours after the region died whose marks are in doubt, and many epochs later. As a step of one, the window is counted back from
   * each epoch's newest mark as well as from now.
   */
  readonly everyEpoch?: boolean;
  /** Pages of unsettled trades to queue at most: a pass each minute must not flood a queue that only waits for its ledger. */
  readonly pendingPages: number;
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
  try {
    await ports.ledger.present(lease.epoch, []);
  } catch (error) {
    ports.log.warn("this region's ledger is not ready to be compared", { epoch: lease.epoch, error });
    return NOTHING;
  }
  const tail = await replayTail(lease.epoch, scope, ports);
  const backlog = await requeue(scope, ports);
  ports.metrics.put("TradesPending", backlog.pending, "Count");
  if (tail.replayed > 0)
    ports.log.warn("the ledger had lost settlements; they are replayed", { replayed: tail.replayed, epoch: lease.epoch });
  return { done: tail.complete && backlog.complete, requeued: backlog.requeued, replayed: tail.replayed, pending: backlog.pending };
}

/**
 * A mark of an earlier epoch is a claim about a ledger that may not have survived: within the window each is held against the rows.
 */
async function replayTail(
  epoch: number,
  scope: ReconciliationScope,
  ports: ReconciliationPorts,
): Promise<{ complete: boolean; replayed: number }> {
  const { journal, ledger, clock } = ports;
  const settledAfter = new Date(clock.now() - scope.tailWindowMs).toISOString();
  let replayed = 0;
  let queued = true;
  let cursor: string | undefined;
  do {
    if (clock.monotonic() >= scope.deadline) return { complete: false, replayed };
    const page = await journal.settledByEarlierEpochs(settledAfter, epoch, cursor, scope.everyEpoch ? scope.tailWindowMs : undefined);
    const present =
      page.entries.length > 0
        ? await ledger.present(
            epoch,
            page.entries.map((entry) => entry.tradeId),
          )
        : new Set();
    const lost = page.entries.filter((entry) => !present.has(entry.tradeId));
    const reopened: JournalEntry[] = [];
    await inParallel(REOPENED_AT_ONCE, lost, async (entry) => {
      if (entry.settledEpoch !== undefined && (await journal.reopen(entry.tradeId, entry.settledEpoch)) === "reopened")
        reopened.push(entry);
    });
    // Reopened is pending: what can't be queued now is found there.
    if (reopened.length > 0) queued = (await enqueue(reopened, ports)) && queued;
    replayed += reopened.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { complete: queued, replayed };
}

async function requeue(
  scope: ReconciliationScope,
  ports: ReconciliationPorts,
): Promise<{ complete: boolean; pending: number; requeued: number }> {
  const { journal, clock } = ports;
  const acceptedBefore = new Date(clock.now() - scope.minimumAgeMs).toISOString();
  let pending = 0;
  let requeued = 0;
  let cursor: string | undefined;
  // A page may be empty and not the last: only those that hold something count.
  for (let pages = 0; pages < scope.pendingPages && clock.monotonic() < scope.deadline;) {
    const { entries, cursor: next } = await journal.pending(acceptedBefore, cursor);
    if (entries.length > 0) {
      pages += 1;
      if (await enqueue(entries, ports)) requeued += entries.length;
    }
    pending += entries.length;
    cursor = next;
    if (cursor === undefined) return { complete: requeued === pending, pending, requeued };
  }
  return { complete: false, pending, requeued };
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
