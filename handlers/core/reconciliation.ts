import type { Clock, Journal, LeaseStore, Ledger, Log, Metrics, TradeQueue } from "../ports";
import { inParallel } from "./in-parallel";
import type { JournalEntry, Trade } from "./model";

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
  /** True when the whole tail window was verified and every unsettled trade is in the queue. */
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
  /** Leaves trades alone that were accepted less than this ago: they are on their way. Milliseconds. */
  readonly minimumAgeMs: number;
  /** How far back marks of earlier epochs are verified. Milliseconds; far above any replication lag. */
  readonly tailWindowMs: number;
  /** Monotonic time at which to stop and say `done: false`. */
  readonly deadline: number;
}

/** Above this many unsettled trades a pass queues the oldest and leaves the rest to the next. */
const PENDING_LIMIT = 5_000;
const NOTHING: ReconciliationResult = { done: false, requeued: 0, replayed: 0, pending: 0 };

const tradeOf = ({ fingerprint: _f, status: _s, outcome: _o, reason: _r, settledAt: _a, settledEpoch: _e, ...trade }: JournalEntry): Trade => trade;

/** Brings ledger and journal together, in the region that holds the lease and nowhere else. */
export async function reconcile(scope: ReconciliationScope, ports: ReconciliationPorts): Promise<ReconciliationResult> {
  const lease = await ports.lease.read();
  if (lease?.holder !== ports.region) return NOTHING;
  if (scope.epoch !== undefined && scope.epoch !== lease.epoch) {
    ports.log.warn("this reconciliation belongs to another epoch", { asked: scope.epoch, epoch: lease.epoch });
    return NOTHING;
  }
  const tail = await replayTail(lease.epoch, scope, ports);
  const acceptedBefore = new Date(ports.clock.now() - scope.minimumAgeMs).toISOString();
  const pending = await ports.journal.pending(acceptedBefore, PENDING_LIMIT);
  if (pending.length > 0) await ports.queue.send(pending.map(tradeOf));
  ports.metrics.put("TradesPending", pending.length, "Count");
  if (tail.replayed > 0) ports.log.warn("the ledger had lost settlements; they are replayed", { replayed: tail.replayed, epoch: lease.epoch });
  return { done: tail.complete && pending.length < PENDING_LIMIT, requeued: pending.length, replayed: tail.replayed, pending: pending.length };
}

/**
 * A mark of an earlier epoch is a claim about a ledger that may not have survived: within the window each is held against the rows.
 * What is reopened shows up as pending, and is queued with the rest.
 */
async function replayTail(epoch: number, scope: ReconciliationScope, ports: ReconciliationPorts): Promise<{ complete: boolean; replayed: number }> {
  const settledAfter = new Date(ports.clock.now() - scope.tailWindowMs).toISOString();
  let replayed = 0;
  let cursor: string | undefined;
  do {
    if (ports.clock.monotonic() >= scope.deadline) return { complete: false, replayed };
    const page = await ports.journal.settledByEarlierEpochs(settledAfter, epoch, cursor);
    const present = await ports.ledger.present(page.entries.map((entry) => entry.tradeId));
    const lost = page.entries.filter((entry) => !present.has(entry.tradeId));
    await inParallel(16, lost, async (entry) => {
      if ((await ports.journal.reopen(entry.tradeId, entry.settledEpoch as number)) !== "reopened") return;
      replayed += 1;
      await ports.queue.send([tradeOf(entry)]);
    });
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { complete: true, replayed };
}
