/** Runs seeds in a thread of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { compile } from "./compile";
import { runSeed, type Choice, type Result } from "./run";
import type { RtoSettings } from "./settings";

export interface Task {
  readonly seeds: readonly number[];
  readonly traced: boolean;
  readonly choice?: Choice;
}

interface Data {
  readonly bundles: Readonly<Record<string, string>>;
  readonly rto: RtoSettings;
}

/** A seed that the simulation itself could not get through. */
const broken = (seed: number, error: unknown): Result => ({
  seed,
  violations: [{ at: 0, rule: "the simulation runs", what: error instanceof Error ? (error.stack ?? error.message) : String(error) }],
  faults: {},
  accepted: 0,
  settled: 0,
  virtualMs: 0,
  steps: 0,
  planned: [],
  habits: {},
  unattended: false,
  met: [],
});

/** Pairs of fault and step that this thread has told of: each is told once. */
const told = new Set<string>();

function newIn(met: readonly string[]): string[] {
  const unknown = met.filter((pair) => !told.has(pair));
  for (const pair of unknown) told.add(pair);
  return unknown;
}

/** Lets Node find the promises that were rejected and that nobody waited for. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

if (parentPort) {
  const port = parentPort;
  const { bundles, rto } = workerData as Data;
  const program = compile(bundles, rto);
  let abandoned: unknown[] = [];
  process.on("unhandledRejection", (error) => abandoned.push(error));

  const oneSeed = async (seed: number, traced: boolean, choice?: Choice): Promise<Result> => {
    abandoned = [];
    const result = await runSeed(seed, program, traced, choice).catch((error: unknown) => broken(seed, error));
    await quiet();
    const [first] = abandoned;
    if (first === undefined) return { ...result, met: newIn(result.met) };
    const { violations } = broken(seed, first);
    return { ...result, violations: [...result.violations, ...violations.map((one) => ({ ...one, rule: "no promise is abandoned" }))] };
  };

  port.on("message", ({ seeds, traced, choice }: Task) => {
    void (async () => {
      const results: Result[] = [];
      for (const seed of seeds) results.push(await oneSeed(seed, traced, choice));
      port.postMessage(results);
    })();
  });
}
