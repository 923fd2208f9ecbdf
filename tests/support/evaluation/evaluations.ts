/**
 * Runs index.ts under mocks, once a configuration: what it registered is kept below dist/, by all that it depends on, and suites that run side by
 * side share it. Afterwards only a change of the program, of its packages or of these mocks makes it run again.
 */
import { fork, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleEvaluator, bundleHandlers, bundleProgram, bundleService } from "../../../scripts/lib/bundle";
import type { Evaluated, EvaluationJob, EvaluationNews, EvaluationOrder } from "./registered";

const root = join(__dirname, "../../..");
const kept = join(root, "dist", "evaluations");

interface Made {
  readonly program: string;
  readonly evaluator: string;
  /** Where evaluations of this very program are kept. */
  readonly folder: string;
}

let made: Promise<Made> | undefined;
let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();
const known = new Map<string, Promise<Evaluated>>();

/** What the program registers; rejects with its error where it refuses the configuration. */
export function evaluated(job: EvaluationJob): Promise<Evaluated> {
  const key = createHash("sha256").update(JSON.stringify(job)).digest("hex").slice(0, 16);
  const evaluation = known.get(key) ?? read(job, key);
  known.set(key, evaluation);
  return evaluation;
}

async function read(job: EvaluationJob, key: string): Promise<Evaluated> {
  const { program, evaluator, folder } = await (made ??= compiled());
  const file = join(folder, `${key}.json`);
  await onlyOnce(file, () => {
    const mine = last.then(() => order(evaluator, { job, program, file }));
    last = mine.catch(() => undefined);
    return mine;
  });
  return JSON.parse(readFileSync(file, "utf8")) as Evaluated;
}

async function compiled(): Promise<Made> {
  const [program, evaluator, service, handlers] = await Promise.all([
    bundleProgram(),
    bundleEvaluator(),
    bundleService(),
    bundleHandlers(),
  ]);
  const hash = createHash("sha256");
  const files = [
    program,
    evaluator,
    service,
    join(root, "package-lock.json"),
    ...handlers.map((name) => join(root, "dist/handlers", name, "index.mjs")),
  ];
  for (const file of files) hash.update(readFileSync(file));
  const folder = join(kept, hash.digest("hex").slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const other of readdirSync(kept)) if (join(kept, other) !== folder) rmSync(join(kept, other), { recursive: true, force: true });
  return { program, evaluator, folder };
}

/** Makes a file unless it is there; whoever comes while another process makes it waits for that. */
async function onlyOnce(file: string, make: () => Promise<void>): Promise<void> {
  const lock = `${file}.lock`;
  while (!existsSync(file)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
    } catch {
      if (abandoned(lock)) rmSync(lock, { force: true });
      await sleep(50);
      continue;
    }
    try {
      await make();
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

function abandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** One process for all: most of an evaluation's first seconds is loading the SDK. */
async function order(evaluator: string, one: EvaluationOrder): Promise<void> {
  child ??= fork(evaluator, [], { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  child.unref();
  child.channel?.ref();
  child.send(one);
  const heard = new AbortController();
  const { signal } = heard;
  const [news] = (await Promise.race([
    once(child, "message", { signal }),
    once(child, "exit", { signal }).then(([code]) => [{ failure: `its process ended with ${code}` }]),
  ]).finally(() => heard.abort())) as [EvaluationNews];
  child.channel?.unref();
  if (news.failure !== "") throw new Error(`the program of stack ${one.job.stack} failed: ${news.failure}`);
}
