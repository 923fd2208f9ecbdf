import { cpus } from "node:os";
import { buildSimulation } from "../simulation/build";
import { Pool } from "../simulation/pool";

export interface SimulationResult {
  readonly threads: number;
  readonly seeds: number;
  readonly seedsPerMinute: number;
  /** Processor time of all threads, a seed. */
  readonly cpuMsPerSeed: number;
  /** The peer: the same hours of the same two regions on a clock that can't be hurried. Simulated time divided by real time. */
  readonly timesRealTime: number;
  readonly failed: number;
  readonly goals: { readonly seedsPerMinute: number };
}

const THREADS = 2;
const SEEDS_PER_MINUTE = 10_000;

/** Seeds a minute, from threads that begin cold. Each seed has at least 20 trades and one fault. */
export async function measureSimulation(seeds: number): Promise<SimulationResult> {
  const threads = Math.min(THREADS, cpus().length);
  const pool = new Pool(await buildSimulation(), threads);
  let virtualMs = 0;
  let failed = 0;
  try {
    const began = performance.now();
    const before = process.cpuUsage();
    await pool.run(1, seeds, (results) => {
      for (const result of results) {
        virtualMs += result.virtualMs;
        if (result.violations.length > 0) failed++;
      }
      return undefined;
    });
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(before);
    return {
      threads,
      seeds,
      seedsPerMinute: (seeds / ms) * 60_000,
      cpuMsPerSeed: (user + system) / 1000 / seeds,
      timesRealTime: virtualMs / ms,
      failed,
      goals: { seedsPerMinute: SEEDS_PER_MINUTE },
    };
  } finally {
    await pool.close();
  }
}
