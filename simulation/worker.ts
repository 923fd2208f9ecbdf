/** Runs seeds in a thread of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { compile } from "./compile";
import { runSeed, type Result } from "./run";
import type { RtoSettings } from "./settings";

export interface Task {
  readonly seed: number;
  readonly traced: boolean;
  /** Indexes of the planned faults that come about; all when absent. */
  readonly chosen?: readonly number[];
}

interface Data {
  readonly bundles: Readonly<Record<string, string>>;
  readonly rto: RtoSettings;
}

if (parentPort) {
  const port = parentPort;
  const { bundles, rto } = workerData as Data;
  // Errors are plentiful here and their stacks are not read; a crash of the simulation itself is told with its message.
  Error.stackTraceLimit = process.env.SIMULATION_STACKS === undefined ? 0 : 30;
  const program = compile(bundles, rto);
  let seed = -1;
  const broke = (error: unknown): Result => ({
    seed,
    violations: [{ at: 0, rule: "the simulation runs", what: error instanceof Error ? (error.stack ?? error.message) : String(error) }],
    faults: {},
    accepted: 0,
    settled: 0,
    virtualMs: 0,
    steps: 0,
    planned: [],
  });
  // A promise that nobody waited for has failed: in a function it would be an error in the log, here it is a finding.
  process.on("unhandledRejection", (error) => port.postMessage(broke(error)));
  port.on("message", ({ seed: next, traced, chosen }: Task) => {
    seed = next;
    runSeed(next, program, traced, chosen).then(
      (result) => port.postMessage(result),
      (error: unknown) => port.postMessage(broke(error)),
    );
  });
}
