/** Failover, switchover and failback by hand: look, decide, start, watch to the end, and check the lease. */
import type { Clock } from "../handlers/ports";
import type { Machine, MoveOptions } from "./command-line";
import { defaultTarget, planMove, type Seen, type Start, type View } from "./plan";
import type { Platform } from "./platform";
import type { Stack } from "./stack";

export interface MovePorts {
  readonly platform: Platform;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  readonly print: (line: string) => void;
}

/** A failed execution keeps its name for 90 days. One epoch's move can be started this many times. */
const STARTS = 20;
const LOOK_MS = 2_000;
const STILL_MS = 15_000;
/** The machine's own limit is an hour. After this long without an answer the watching ends, and the move goes on. */
const BLIND_MS = 120_000;

const machineOf = ({ command }: MoveOptions): Machine => (command === "failover" ? "failover" : "switchover");

/** Exit code: 0 only when the execution has succeeded and the lease is where it shall be. */
export async function runMove(options: MoveOptions, stack: Stack, ports: MovePorts): Promise<0 | 1> {
  const { print } = ports;
  const plan = planMove(machineOf(options), await look(options, stack, ports.platform));
  if ("refused" in plan) {
    print(`${options.command} of ${stack.name} refused, nothing was changed:`);
    for (const reason of plan.refused) print(`- ${reason}`);
    return 1;
  }
  const { start } = plan;
  print(`${options.command} of ${stack.name} to ${start.target}:`);
  for (const effect of start.effects) print(`- ${effect}`);
  for (const warning of start.warnings) print(`! ${warning}`);
  if (options.dryRun) {
    print(`dry run: execution ${start.name} would be started in ${start.target}; nothing was changed`);
    return 0;
  }
  const arn = await begin(options, start, ports);
  print(`execution ${arn}`);
  const { status, detail } = await watch(start.target, arn, ports);
  if (status !== "SUCCEEDED") {
    print(`${status}: ${detail}`);
    return 1;
  }
  const lease = await ports.platform.lease(start.target);
  if (lease?.holder !== start.target) {
    print(`the execution has ended, but the lease is with ${lease?.holder ?? "nobody"}: another move was faster`);
    return 1;
  }
  print(`${start.target} is active at epoch ${lease.epoch}: a trade was settled there`);
  return 0;
}

async function look(options: MoveOptions, stack: Stack, platform: Platform): Promise<View> {
  const [primary, standby] = [stack.sites[0].region, stack.sites[1].region];
  const regions = [primary, standby] as const;
  // The lease is the same wherever it is read; a region that is lost does not answer, so both are asked.
  const leases = await Promise.all(regions.map((region) => seen(platform.lease(region))));
  const known = leases.find((one) => "value" in one) ?? leases[0] ?? { problem: "it was not asked" };
  const target = options.to ?? defaultTarget(options.command, regions, "value" in known ? known.value : undefined);
  const inTarget = leases[regions.indexOf(target)] ?? known;
  const [database, lagMs, first, second] = await Promise.all([
    seen(platform.database(target)),
    seen(platform.lagMs(target)),
    seen(platform.moves(primary)),
    seen(platform.moves(standby)),
  ]);
  const moves = { [primary]: first, [standby]: second };
  return { regions, target, lease: inTarget, database, lagMs, moves, maxLagMs: stack.maxSwitchoverLagSeconds * 1000 };
}

async function seen<T>(asked: Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    return { problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** Starts the execution. If one of the same name is running already (the sentinel was faster), that one is watched instead. */
async function begin(options: MoveOptions, { target, expectedEpoch, name }: Start, { platform, print }: MovePorts): Promise<string> {
  const input = { expectedEpoch, reason: options.reason, trigger: "operator" };
  for (let start = 1; start <= STARTS; start++) {
    const { arn, result } = await platform.start(target, machineOf(options), start === 1 ? name : `${name}-${start}`, input);
    if (result === "started") return arn;
    if ((await platform.outcome(target, arn)).status === "RUNNING") {
      print("this very move is running already; it is watched to its end");
      return arn;
    }
  }
  throw new Error(`${name} was started ${STARTS} times and did not come to its end; the executions' histories tell why`);
}

/** Shows each step when it is first entered, and a sign of life while a step is repeated or takes long. */
async function watch(region: string, arn: string, { platform, clock, print }: MovePorts): Promise<{ status: string; detail: string }> {
  const shown = new Set<string>();
  let [after, began, current] = [0, 0, ""];
  let [toldAt, heardAt] = [clock.monotonic(), clock.monotonic()];
  for (;;) {
    try {
      // Asked first: what is entered between the two questions is shown before the end is.
      const outcome = await platform.outcome(region, arn);
      for (const step of await platform.steps(region, arn, after)) {
        after = step.id;
        if (began === 0) began = step.at;
        current = step.name;
        if (shown.has(step.name)) continue;
        shown.add(step.name);
        print(`${((step.at - began) / 1000).toFixed(1).padStart(7)} s  ${step.name}`);
        toldAt = clock.monotonic();
      }
      heardAt = clock.monotonic();
      if (outcome.status !== "RUNNING") return outcome;
    } catch (error) {
      if (clock.monotonic() - heardAt > BLIND_MS) throw error;
    }
    if (clock.monotonic() - toldAt >= STILL_MS) {
      print(`           still at ${current === "" ? "its beginning" : current}`);
      toldAt = clock.monotonic();
    }
    await clock.sleep(LOOK_MS);
  }
}
