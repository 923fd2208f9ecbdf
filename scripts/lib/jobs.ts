/** Runs commands side by side. Each one's output appears whole when it ends, under its name and duration. */
import { spawn } from "node:child_process";
import pLimit from "p-limit";

export interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

export interface Job {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads the counts of a job that makes many checks; without it the whole job is one. */
  readonly counts?: () => Counts | undefined;
  /** Runs when all others have ended, by itself. */
  readonly alone?: boolean;
}

const NOTHING: Counts = { passes: 0, failures: 0, pending: 0 };
const add = (a: Counts, b: Counts): Counts => ({
  passes: a.passes + b.passes,
  failures: a.failures + b.failures,
  pending: a.pending + b.pending,
});

/** Runs each job in a Node process of its own, `width` at once; answers the sum of their counts. */
export async function runJobs(root: string, jobs: readonly Job[], width: number): Promise<Counts> {
  const limit = pLimit(width);
  const together = await Promise.all(jobs.filter(({ alone }) => alone !== true).map((job) => limit(run, root, job, false)));
  let sum = together.reduce(add, NOTHING);
  for (const job of jobs.filter(({ alone }) => alone === true)) sum = add(sum, await run(root, job, true));
  return sum;
}

async function run(root: string, job: Job, live: boolean): Promise<Counts> {
  const began = performance.now();
  const title = `\n── ${job.name}`;
  if (live) console.log(title);
  const child = spawn(process.execPath, [...job.args], {
    cwd: root,
    stdio: ["ignore", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    env: { ...process.env, ...job.env },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(live ? `── ${job.name}: ${seconds} s` : `${title} (${seconds} s)\n${Buffer.concat(output).toString().trimEnd()}`);
  if (job.counts === undefined) return code === 0 ? { ...NOTHING, passes: 1 } : { ...NOTHING, failures: 1 };
  const counts = job.counts();
  // A suite that dies without counting (a syntax error, a crash) is a failure, not zero tests.
  if (counts === undefined) return { ...NOTHING, failures: 1 };
  return code !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
}
