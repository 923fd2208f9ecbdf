import { reconciler } from "../contract/functions";
import { EVERYTHING } from "../contract/steps";
import { SHARDS } from "../contract/tables";
import { reconcile, type ReconciliationPorts } from "../handlers/core/reconciliation";
import type { JournalEntry } from "../handlers/core/model";
import { measureRequeueCpu, type RequeueCpu } from "./requeue-cpu";

export interface BacklogResult {
  readonly trades: number;
  /** CPU time of a trade, measured on this machine, microseconds. */
  readonly cpuMicroseconds: number;
  /** Processors that a run has, by its memory. */
  readonly processors: number;
  /** Virtual seconds from the fence to the last trade queued, and the runs of the function that it took. */
  readonly seconds: number;
  readonly runs: number;
  /** The peer: the same parts, one after the other. */
  readonly aloneSeconds: number;
  /** Most trades that a run held in memory at once. */
  readonly heldAtMost: number;
  readonly goals: { readonly seconds: number };
}

/** A backlog of an hour at 1,000 trades a second. */
const TRADES = 3_600_000;
const SECONDS = 120;
/** Pages that the first run queues, and what they hold from all shards together. */
const FIRST_PAGES = 10;
const PAGE = 4_000;
/** What a page of the index takes besides CPU, and what a queue takes to answer. Milliseconds. */
const PAGE_MS = 100;
const SEND_MS = 300;
/** A function's start, a run of it, and the machine's pause between two. Milliseconds. */
const START_MS = 1_500;
const RUN_MS = 55_000;
const PAUSE_MS = 2_000;
/** AWS gives a function one processor for so many megabytes. */
const PROCESSOR_MB = 1_769;

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
/** How many of each shard were read. */
type Cursor = Readonly<Record<string, number>>;

/** The journal and the queue as a run sees them: it waits for their answers, and for its own share of a processor. */
function run(time: VirtualTime, { readMs, sendMs, page }: RequeueCpu, processors: number) {
  const told = { queued: 0, held: 0, heldAtMost: 0 };
  let free = 0;
  const compute = (ms: number): Promise<void> => {
    free = Math.max(free, time.now) + ms / processors;
    return time.sleep(free - time.now);
  };
  const nothing = (): void => undefined;
  const head = { seq: 1, id: "head", epoch: 2, base: 1 };
  const ports: ReconciliationPorts = {
    lease: { read: async () => ({ holder: "here", epoch: 2, renewals: 0 }) },
    chain: { read: async () => head, create: async () => false, replace: async () => false, doubt: async () => true },
    ledger: { holds: async () => true, beginAnew: () => Promise.reject(new Error("nothing was lost")), present: async () => new Set() },
    journal: {
      pending: async (_before, cursor) => {
        await time.sleep(PAGE_MS);
        const from = cursor === undefined ? Object.fromEntries(SHARDS.map((shard) => [shard, 0])) : (JSON.parse(cursor) as Cursor);
        const shards = Object.entries(from);
        const each = Math.min(page, Math.floor(PAGE / shards.length));
        const read = shards.map(([shard, at]) => [shard, Math.min(at + each, TRADES / SHARDS.length)] as const);
        const size = read.reduce((sum, [shard, to]) => sum + to - (from[shard] ?? 0), 0);
        told.held += size;
        told.heldAtMost = Math.max(told.heldAtMost, told.held);
        await compute(size * readMs);
        const left = read.filter(([, to]) => to < TRADES / SHARDS.length);
        const next = left.length > 0 ? JSON.stringify(Object.fromEntries(left)) : undefined;
        return { entries: new Array<JournalEntry>(size).fill(entry), cursor: next };
      },
      apart: (cursor) => Object.entries(JSON.parse(cursor) as Cursor).map(([shard, at]) => JSON.stringify({ [shard]: at })),
      pendingCount: async () => ({ count: 0 }),
      marked: async () => ({ entries: [] }),
      reopen: async () => "changed",
    },
    queue: {
      send: async (trades) => {
        await compute(trades.length * sendMs);
        await time.sleep(SEND_MS);
        told.queued += trades.length;
        told.held -= trades.length;
      },
    },
    clock: { now: () => time.now, monotonic: () => time.now },
    log: { info: nothing, warn: nothing, error: nothing },
    metrics: { put: nothing },
    region: "here",
  };
  return { ports, told };
}

/** The machine's rounds: all parts that are left at once, or one after the other. */
async function requeueAll(
  cpu: RequeueCpu,
  processors: number,
  atOnce: boolean,
): Promise<Pick<BacklogResult, "seconds" | "runs" | "heldAtMost">> {
  const time = new VirtualTime();
  let left: readonly string[] = [EVERYTHING];
  let [queued, runs, heldAtMost] = [0, 0, 0];
  const one = async (part: string): Promise<readonly string[]> => {
    const { ports, told } = run(time, cpu, processors);
    await time.sleep(START_MS);
    const scope = { epoch: 2, minimumAgeMs: 0, doubtOpenMs: 0, pendingPages: FIRST_PAGES, part, sideBySide: true };
    const result = await reconcile({ ...scope, deadline: time.now + RUN_MS }, ports);
    queued += told.queued;
    runs += 1;
    heldAtMost = Math.max(heldAtMost, told.heldAtMost);
    return result.left;
  };
  const round = async (): Promise<readonly string[]> => {
    if (atOnce) return (await Promise.all(left.map(one))).flat();
    const all: string[] = [];
    for (const part of left) all.push(...(await one(part)));
    return all;
  };
  while (left.length > 0) {
    left = await time.finish(round());
    await time.finish(time.sleep(PAUSE_MS));
  }
  if (queued !== TRADES) throw new Error(`${queued} of ${TRADES} trades were queued`);
  return { seconds: time.now / 1000, runs, heldAtMost };
}

/**
 * How long a failover's backlog waits for its queue: the real core, whose calls take their time and whose CPU is what a trade costs here by the real adapters and SDK, on
 * as much of a processor as its function has. Nothing is measured of AWS.
 */
export async function measureBacklog(): Promise<BacklogResult> {
  const cpu = await measureRequeueCpu();
  const processors = reconciler.memoryMb / PROCESSOR_MB;
  const { seconds: aloneSeconds } = await requeueAll(cpu, processors, false);
  const cpuMicroseconds = (cpu.readMs + cpu.sendMs) * 1000;
  const goals = { seconds: SECONDS };
  return { trades: TRADES, cpuMicroseconds, processors, ...(await requeueAll(cpu, processors, true)), aloneSeconds, goals };
}
