import { DOUBT, EVERYTHING } from "../../contract/steps";
import type { ChainStore, Clock, Journal, LeaseStore, Ledger, Log, Metrics, TradeQueue } from "../ports";
import { countPending, enqueue, requeue } from "./backlog";
import { secureChain, type ChainPorts } from "./chain";
import { inParallel } from "./in-parallel";
import type { Doubt, Head, JournalEntry } from "./model";

export interface ReconciliationPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly chain: ChainPorts["chain"] & Pick<ChainStore, "doubt">;
  readonly ledger: ChainPorts["ledger"] & Pick<Ledger, "present">;
  readonly journal: Pick<Journal, "pending" | "pendingCount" | "apart" | "reopen" | "marked">;
  readonly queue: Pick<TradeQueue, "send">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

export interface ReconciliationResult {
  /**
   * Parts of the work that are left, each for a run of its own and none for another's. Empty: all that was in doubt was held against the ledger, and every unsettled
   * trade in scope is in the queue.
   */
  readonly left: readonly string[];
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
  /**
   * How long a doubt stays open after it was found, milliseconds: each pass until then looks at it again. Above all that an index may be behind, and that a
   * function may take between two of its calls.
   */
  readonly doubtOpenMs: number;
  /**
   * Pages of unsettled trades that a run for everything queues at most: a pass each minute must not flood a queue that only waits for its ledger, and what is more goes
   * faster by several.
   */
  readonly pendingPages: number;
  /** `EVERYTHING`, or what an earlier run has left. */
  readonly part: string;
  /** Others do what is left, at once: no need to do all of it here. */
  readonly sideBySide: boolean;
  /** Monotonic time at which to stop. */
  readonly deadline: number;
}

const REOPENED_AT_ONCE = 16;
/** A part of the backlog: this, and the cursor where it begins. */
const BACKLOG = "pending:";

/**
 * Brings ledger and journal together, in the region that holds the lease and nowhere else. Everything it writes is conditional or idempotent,
 * so a pass that was killed, or that two runs make at once, is made good by the next.
 */
export async function reconcile(scope: ReconciliationScope, ports: ReconciliationPorts): Promise<ReconciliationResult> {
  const nothing: ReconciliationResult = { left: [scope.part], requeued: 0, replayed: 0, pending: 0 };
  const lease = await ports.lease.read();
  if (lease?.holder !== ports.region) return nothing;
  if (scope.epoch !== undefined && scope.epoch !== lease.epoch) {
    ports.log.warn("this reconciliation belongs to another epoch", { asked: scope.epoch, epoch: lease.epoch });
    return nothing;
  }
  let head: Head | undefined;
  try {
    head = await secureChain(lease.epoch, ports);
  } catch (error) {
    ports.log.warn("this region's ledger is not ready to be compared", { epoch: lease.epoch, error });
  }
  // What is pending comes first: a doubt may take long, and whoever waits for a settlement waits for these.
  const backlog = await workOff(scope, head, ports);
  if (head === undefined) return nothing;
  const tail = await resolveDoubt(head, lease.epoch, scope, backlog.left.length > 0, ports);
  if (tail.replayed > 0)
    ports.log.warn("the ledger had lost settlements; they are replayed", { replayed: tail.replayed, epoch: lease.epoch });
  const left = [...backlog.left, ...tail.left];
  return { ...backlog, left: left.includes(EVERYTHING) ? [EVERYTHING] : left, replayed: tail.replayed };
}

/** Share of the time that what is pending may take, where something is in doubt. */
const PENDING_SHARE = 0.75;

/** Queues what is pending in this part of the work, and tells how many are pending where that is the whole. Without a head it only counts. */
async function workOff(
  scope: ReconciliationScope,
  head: Head | undefined,
  ports: ReconciliationPorts,
): Promise<Omit<ReconciliationResult, "replayed">> {
  const { part } = scope;
  const { journal, clock, metrics } = ports;
  const none = { left: [], requeued: 0, pending: 0 };
  if (part === DOUBT) return none;
  const now = clock.monotonic();
  const whole = part === EVERYTHING;
  const begin = {
    acceptedBefore: new Date(clock.now() - scope.minimumAgeMs).toISOString(),
    cursor: whole ? undefined : part.slice(BACKLOG.length),
    pages: head === undefined ? 0 : whole ? scope.pendingPages : Infinity,
    deadline: head?.doubt !== undefined && whole ? now + PENDING_SHARE * (scope.deadline - now) : scope.deadline,
  };
  const { isRead, cursor, requeued, pending } = await requeue(begin, ports);
  const handsOn = scope.sideBySide && head !== undefined && !isRead;
  // Whoever hands on has no time to count; the minute's pass does it.
  if (whole && !handsOn) metrics.put("TradesPending", pending + (isRead ? 0 : await countPending({ ...begin, cursor }, ports)));
  // What the queue did not take is still pending: the same once more.
  const left =
    requeued < pending ? [part] : isRead ? [] : cursor === undefined ? [part] : journal.apart(cursor).map((each) => `${BACKLOG}${each}`);
  return { left, requeued, pending };
}

/**
 * A mark in doubt is a claim about a history that may be lost: each is held against the ledger's rows, again with each pass until no index can be behind any more. A
 * pass goes on where the one before it was cut short.
 */
async function resolveDoubt(
  { doubt, base }: Head,
  epoch: number,
  scope: ReconciliationScope,
  moreIsPending: boolean,
  ports: ReconciliationPorts,
): Promise<{ left: readonly string[]; replayed: number }> {
  if (doubt === undefined || scope.part.startsWith(BACKLOG)) return { left: [], replayed: 0 };
  if (scope.sideBySide && moreIsPending) return { left: [DOUBT], replayed: 0 };
  const { chain, clock, journal } = ports;
  const { from, to, foundAt, verified } = doubt;
  const began = doubt.pass?.began ?? new Date(clock.now()).toISOString();
  let cursor = doubt.pass?.cursor;
  let replayed = 0;
  let queued = true;
  do {
    if (clock.monotonic() >= scope.deadline) {
      if (cursor !== undefined) await chain.doubt(base, { ...doubt, pass: { began, cursor } });
      return { left: !queued ? [EVERYTHING] : verified === true ? [] : [DOUBT], replayed };
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
  return { left: queued ? [] : [EVERYTHING], replayed };
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
