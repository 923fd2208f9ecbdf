/**
 * How many trades a region accepts by functions and by servers, on the same machine in one run. What is compared is the CPU time of the processes that run the
 * trade's own code: the function's workers, of which each has one request at a time, and the servers. What calls them (gateway, invoker, load balancer) and what they
 * call is the lab's emulation, and on AWS not ours: it is told beside, and not compared. Nothing is settled meanwhile.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { generated } from "../lab/drill/stream";
import type { LabWorld } from "../lab/drill/world";
import type { RegionHandle } from "../lab/types";
import { CLIENTS, inLab, UNTHROTTLED } from "./lab";
import { quantile } from "./statistics";

const WARM_TRADES = 400;
const SECONDS = 15;
const RETRY_MS = 100;
/** Linux counts CPU in hundredths of a second, whatever its own tick is. */
const TICKS = 100;

export interface Acceptance {
  readonly perSecond: number;
  /** For each second of CPU of the processes that run the trade's code. */
  readonly perCpuSecond: number;
  /** Of these processes, those that had work. */
  readonly processes: number;
  /** For each second of CPU of the whole region, what emulates AWS included. */
  readonly perCpuSecondOfRegion: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Answers that said "too much", and were asked for again. */
  readonly refused: number;
}

export interface AcceptanceResult {
  /** The peer. */
  readonly functions: Acceptance;
  readonly servers: Acceptance;
  /** Of trades for each second of CPU. */
  readonly ratio: number;
}

export async function measureAcceptance(): Promise<AcceptanceResult> {
  const functions = await inLab("dev", UNTHROTTLED, async (world, active) => {
    await world.operator.setPollers(active, false);
    return await accept(world, active, isWorker);
  });
  const servers = await inLab("fargate", {}, async (world, active) => {
    await world.faults.deny(active, ["sqs:ReceiveMessage"]);
    return await accept(world, active, isServer);
  });
  return { functions, servers, ratio: servers.perCpuSecond / functions.perCpuSecond };
}

async function accept(world: LabWorld, active: RegionHandle, isOurs: (pid: number) => boolean): Promise<Acceptance> {
  const { apiKey = "" } = world.face();
  let refused = 0;
  const submit = async (trade: ReturnType<typeof generated>[number]): Promise<void> => {
    const headers = { "content-type": "application/json", "idempotency-key": trade.key, "x-api-key": apiKey };
    for (;;) {
      const response = await fetch(`${active.endpoint}/trades`, { method: "POST", headers, body: JSON.stringify(trade.order) });
      const body = await response.text();
      if (response.status === 202) return;
      // What is overloaded says so, and is asked again, as clients do.
      if (response.status !== 503 && response.status !== 429) throw new Error(`${active.endpoint} answered ${response.status}: ${body}`);
      refused += 1;
      await pause(RETRY_MS);
    }
  };
  const run = `a${Date.now().toString(36)}`;
  const trades = generated({ run, scenario: "bench", clients: CLIENTS }, 100_000, 1, 1);
  let next = 0;
  const clients = async (until: () => boolean, note: (ms: number) => void): Promise<void> => {
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let trade = trades[next++]; trade !== undefined && !until(); trade = trades[next++]) {
          const began = performance.now();
          await submit(trade);
          note(performance.now() - began);
        }
      }),
    );
  };
  await clients(
    () => next > WARM_TRADES,
    () => undefined,
  );
  const times: number[] = [];
  refused = 0;
  const before = await cpuSeconds(active);
  const began = performance.now();
  await clients(
    () => performance.now() - began > SECONDS * 1_000,
    (ms) => times.push(ms),
  );
  const seconds = (performance.now() - began) / 1_000;
  const used = [...(await cpuSeconds(active))].map(([pid, cpu]) => ({ pid, cpu: cpu - (before.get(pid) ?? 0) }));
  const own = used.filter(({ pid, cpu }) => cpu > 0 && isOurs(pid));
  if (own.length === 0) throw new Error(`no process of ${active.region} was seen at work on trades`);
  return {
    perSecond: times.length / seconds,
    perCpuSecond: times.length / sum(own),
    processes: own.length,
    perCpuSecondOfRegion: times.length / sum(used),
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    refused,
  };
}

const sum = (used: readonly { readonly cpu: number }[]): number => used.reduce((total, { cpu }) => total + cpu, 0);

const DIST = join(__dirname, "../dist");

/** Is it a server? */
const isServer = (pid: number): boolean => commandOf(pid).includes(join(DIST, "service/index.mjs"));

/** Does it run the function that takes trades? A worker's folder holds its function's bundle. */
function isWorker(pid: number): boolean {
  const file = `/proc/${pid}/cwd/index.mjs`;
  return existsSync(file) && readFileSync(file).equals(readFileSync(join(DIST, "handlers/trade-intake/index.mjs")));
}

const commandOf = (pid: number): readonly string[] => {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, "utf8").split("\0") : [];
};

/** Seconds of CPU that each of the region's processes has had so far. */
async function cpuSeconds(region: RegionHandle): Promise<ReadonlyMap<number, number>> {
  return new Map((await region.processes()).map((pid) => [pid, timeOf(pid)]));
}

function timeOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  // The name may hold anything, also brackets and blanks.
  const fields = readFileSync(file, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [user = 0, system = 0] = [fields[11], fields[12]].map(Number);
  return (user + system) / TICKS;
}
