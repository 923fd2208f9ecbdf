import { reconcile, type ReconciliationPorts } from "../handlers/core/reconciliation";
import type { JournalEntry } from "../handlers/core/model";

export interface BacklogResult {
  readonly trades: number;
  /** Virtual seconds from the fence to the last trade queued, and the runs of the function that it took. */
  readonly seconds: number;
  readonly runs: number;
  /** Most trades held in memory at once. */
  readonly heldAtMost: number;
  readonly goals: { readonly seconds: number };
}

/** A backlog of an hour at 1,000 trades a second. */
const TRADES = 3_600_000;
const SECONDS = 120;
const PAGE = 4_000;
/** What a page of the index takes, and queueing it. Milliseconds. */
const PAGE_MS = 100;
const SEND_MS = 300;
/** A run of the function, and the machine's pause between two. Milliseconds. */
const RUN_MS = 55_000;
const PAUSE_MS = 2_000;

/** Time that passes only when everybody waits. */
class VirtualTime {
  now = 0;
  private readonly waiting: { readonly at: number; readonly wake: () => void }[] = [];

  sleep = (ms: number): Promise<void> => new Promise((wake) => void this.waiting.push({ at: this.now + ms, wake }));

  async finish<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    void work.finally(() => (ended = true)).catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (ended) return work;
      this.waiting.sort((a, b) => a.at - b.at);
      const next = this.waiting.shift();
      if (next === undefined) throw new Error("nobody waits, and the work does not end");
      this.now = next.at;
      next.wake();
    }
  }
}

const entry = { tradeId: "0", status: "ACCEPTED" } as unknown as JournalEntry;

/** The real core over ports that only take their time: how long a failover's backlog waits for its queue. Nothing is measured of AWS. */
export async function measureBacklog(): Promise<BacklogResult> {
  const time = new VirtualTime();
  let queued = 0;
  let held = 0;
  let heldAtMost = 0;
  const nothing = (): void => undefined;
  const head = { seq: 1, id: "head", epoch: 2, base: 1 };
  const ports: ReconciliationPorts = {
    lease: { read: async () => ({ holder: "here", epoch: 2, renewals: 0 }) },
    chain: { read: async () => head, create: async () => false, replace: async () => false, doubt: async () => true },
    ledger: { holds: async () => true, beginAnew: () => Promise.reject(new Error("nothing was lost")), present: async () => new Set() },
    journal: {
      pending: async (_before, cursor) => {
        await time.sleep(PAGE_MS);
        const from = Number(cursor ?? 0);
        const size = Math.min(PAGE, TRADES - from);
        held += size;
        heldAtMost = Math.max(heldAtMost, held);
        const next = from + size;
        return { entries: new Array<JournalEntry>(size).fill(entry), cursor: next < TRADES ? String(next) : undefined };
      },
      marked: async () => ({ entries: [] }),
      reopen: async () => "changed",
    },
    queue: {
      send: async (trades) => {
        await time.sleep(SEND_MS);
        queued += trades.length;
        held -= trades.length;
      },
    },
    clock: { now: () => time.now, monotonic: () => time.now },
    log: { info: nothing, warn: nothing, error: nothing },
    metrics: { put: nothing },
    region: "here",
  };
  let cursor: string | undefined;
  let runs = 0;
  for (let done = false; !done; runs++) {
    if (runs > 0) await time.finish(time.sleep(PAUSE_MS));
    const scope = { epoch: 2, minimumAgeMs: 0, doubtOpenMs: 0, pendingPages: Infinity, cursor, deadline: time.now + RUN_MS };
    const result = await time.finish(reconcile(scope, ports));
    ({ cursor } = result);
    done = result.done;
  }
  if (queued !== TRADES) throw new Error(`${queued} of ${TRADES} trades were queued`);
  return { trades: TRADES, seconds: time.now / 1000, runs, heldAtMost, goals: { seconds: SECONDS } };
}
