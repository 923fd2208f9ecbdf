import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { machineArn, type SiteContext } from "./site-context";

const MACHINES = ["failover", "switchover"] as const;
/** One look serves what is changed at about the same time, hundreds of resources in a first update. */
const LOOK_HOLDS_MS = 10_000;
/** A region that does not answer by then is away, which must not stop an update that can't wait. */
const LOOK_TAKES_MS = 5_000;

/** An execution of a machine that moves the activity. */
export interface Move {
  readonly region: string;
  readonly execution: string;
}

/** Names of what runs of a site's machines; rejects where its region does not answer. */
export type RunningMoves = (site: SiteContext) => Promise<readonly string[]>;

/**
 * Nothing is updated or replaced while the activity moves: an update would take functions and machines from under the execution that calls them.
 * The engine asks before it changes anything, in the preview too, where nothing has been done yet.
 *
 * A replacement shows as a creation, which is refused in the preview only: in an update its forerunner may be gone already, as all are that have
 * a name of their own. Deletions have no hook: the engine would destroy such a stack by `--run-program` only. And mocks have no engine, and refuse hooks.
 */
export function lockDuringMoves(sites: readonly SiteContext[]): void {
  if (!pulumi.runtime.hasEngine()) return;
  const look = movesLookedFor(sites, runningMoves);
  const hook = new pulumi.ResourceHook("no-change-during-a-move", async () => refuseDuring(await look()), { onDryRun: true });
  const hooks = { beforeUpdate: [hook], beforeCreate: pulumi.runtime.isDryRun() ? [hook] : [] };
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("aws:") ? { props, opts: { ...opts, hooks } } : undefined,
  );
}

/** @throws what the engine shows: the moves by name, and what to do */
function refuseDuring(moves: readonly Move[]): void {
  if (moves.length === 0) return;
  const which = moves.map(({ execution, region }) => `${execution} in ${region}`).join(", ");
  throw new Error(
    `the activity is being moved by ${which}: nothing is changed meanwhile. Wait for its end and update then; what can't wait goes with trade-failover:deployLock: false`,
  );
}

/** Asks both regions, at most once in a while. A region that does not answer is told of and believed to move nothing. */
export function movesLookedFor(
  sites: readonly SiteContext[],
  running: RunningMoves,
  warn: (message: string) => void = (message) => void pulumi.log.warn(message),
  now: () => number = () => performance.now(),
): () => Promise<readonly Move[]> {
  let last: { readonly at: number; readonly moves: Promise<readonly Move[]> } | undefined;
  const of = async (site: SiteContext): Promise<Move[]> => {
    const { region } = site;
    try {
      return (await running(site)).map((execution) => ({ region, execution }));
    } catch (error) {
      warn(`whether a move runs in ${region} is not known, and not waited for: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  return () => {
    if (last === undefined || now() - last.at > LOOK_HOLDS_MS)
      last = { at: now(), moves: Promise.all(sites.map(of)).then((moves) => moves.flat()) };
    return last.moves;
  };
}

async function runningMoves(site: SiteContext): Promise<readonly string[]> {
  // Loaded where it is needed: most runs of the program have no engine.
  const { ListExecutionsCommand, SFNClient } = await import("@aws-sdk/client-sfn");
  const client = new SFNClient({ region: site.region, maxAttempts: 1 });
  const abort = new AbortController();
  const of = async (machine: (typeof MACHINES)[number]): Promise<string[]> => {
    const list = new ListExecutionsCommand({ stateMachineArn: await known(machineArn(site, machine)), statusFilter: "RUNNING" });
    try {
      const { executions = [] } = await client.send(list, { abortSignal: abort.signal });
      return executions.flatMap(({ name = [] }) => name);
    } catch (error) {
      // The first update has not made it yet.
      if (error instanceof Error && error.name === "StateMachineDoesNotExist") return [];
      throw error;
    }
  };
  const late = async (): Promise<never> => {
    await pause(LOOK_TAKES_MS, undefined, { signal: abort.signal });
    throw new Error(`no answer within ${LOOK_TAKES_MS / 1000} s`);
  };
  try {
    return await Promise.race([late(), Promise.all(MACHINES.map(of)).then((names) => names.flat())]);
  } finally {
    abort.abort();
    client.destroy();
  }
}

/** What an output stands for; never, where a preview doesn't know it. */
const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));
