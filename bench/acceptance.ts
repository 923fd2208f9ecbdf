/** How many trades a region accepts by functions and by servers, on the same machine in one run. */
import { existsSync, readFileSync } from "node:fs";
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
  /** By the CPU time of the whole region: what runs the trade, what stands before it, and the emulated services behind it, which both share. */
  readonly perCpuSecond: number;
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
  const functions = await inLab("dev", UNTHROTTLED, accept);
  const servers = await inLab("fargate", {}, accept);
  return { functions, servers, ratio: servers.perCpuSecond / functions.perCpuSecond };
}

async function accept(world: LabWorld, active: RegionHandle): Promise<Acceptance> {
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
  const cpu = await cpuSeconds(active);
  const began = performance.now();
  await clients(
    () => performance.now() - began > SECONDS * 1_000,
    (ms) => times.push(ms),
  );
  const seconds = (performance.now() - began) / 1_000;
  const used = (await cpuSeconds(active)) - cpu;
  return {
    perSecond: times.length / seconds,
    perCpuSecond: times.length / used,
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    refused,
  };
}

/** CPU time that the region's processes have had so far. */
async function cpuSeconds(region: RegionHandle): Promise<number> {
  const pids = await region.processes();
  return pids.reduce((sum, pid) => sum + timeOf(pid), 0);
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
