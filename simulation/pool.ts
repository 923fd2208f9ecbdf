import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Built } from "./build";
import type { Choice, Result } from "./run";
import type { Task } from "./worker";

/** Seeds that a thread takes at once. */
const BATCH = 16;

/** Worlds are made and dropped by the thousand: a large young generation lets most of them die unseen by the collector. */
const LIMITS = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 1_024 };

/** V8 makes objects that live long old from the start. Here those live longest of which a world consists, and it would stay with them. */
const ALL_YOUNG = "--no-allocation-site-pretenuring";

/**
 * How much the old generation grows, in per cent of what lives, before all of it is collected. Each full collection drops the optimised code of
 * what happens to run in no world just then, and compiling it anew cost a quarter of all time. 12 MB live in a thread, so it stays below 300 MB.
 */
const GROWTH_PERCENT = 2_000;

/** Threads that run seeds. Each has the same bundles; a seed's result does not depend on which of them ran it. */
export class Pool {
  private readonly threads: Worker[];

  constructor(built: Built, workers: number) {
    const { runner, bundles, rto } = built;
    setFlagsFromString(ALL_YOUNG);
    setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
    this.threads = Array.from(
      { length: workers },
      () => new Worker(runner, { eval: true, workerData: { bundles, rto }, resourceLimits: LIMITS }),
    );
  }

  /** Runs all seeds from `from` on; `onResults` may say that it has seen enough. Answers when no thread is at work. */
  async run(from: number, seeds: number, onResults: (results: readonly Result[]) => "enough" | undefined, choice?: Choice): Promise<void> {
    let next = from;
    const end = from + seeds;
    const lane = async (thread: Worker): Promise<void> => {
      while (next < end) {
        const batch: number[] = [];
        while (batch.length < BATCH && next < end) batch.push(next++);
        const results = await ask(thread, { seeds: batch, traced: false, choice });
        if (onResults(results) === "enough") next = end;
      }
    };
    await Promise.all(this.threads.map(lane));
  }

  /** One seed, with its trace if asked for, and with other faults than it plans if they are given. */
  async one(seed: number, traced: boolean, choice?: Choice): Promise<Result> {
    const [thread] = this.threads;
    if (!thread) throw new Error("the pool is closed");
    const [result] = await ask(thread, { seeds: [seed], traced, choice });
    if (!result) throw new Error(`seed ${seed} gave no result`);
    return result;
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.terminate()));
  }
}

function ask(thread: Worker, task: Task): Promise<readonly Result[]> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      thread.off("message", onMessage);
      thread.off("error", onError);
    };
    const onMessage = (results: readonly Result[]): void => {
      done();
      resolve(results);
    };
    const onError = (error: Error): void => {
      done();
      reject(error);
    };
    thread.on("message", onMessage);
    thread.on("error", onError);
    thread.postMessage(task);
  });
}
