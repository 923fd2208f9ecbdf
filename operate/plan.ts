/** Decides whether a move may be started. Pure: it is given what was seen. */
import type { Machine, MoveCommand } from "./command-line";
import type { Database, Execution, Lease } from "./platform";

export type Seen<T> = { readonly value: T } | { readonly problem: string };

/** The platform as seen from the region that is to become active. The other one may be lost. */
export interface View {
  readonly regions: readonly [primary: string, standby: string];
  readonly target: string;
  readonly lease: Seen<Lease | undefined>;
  readonly database: Seen<Database>;
  readonly lagMs: Seen<number | undefined>;
  /** Latest executions of the machines, newest first, by region. */
  readonly moves: Readonly<Record<string, Seen<readonly Execution[]>>>;
  readonly maxLagMs: number;
}

export interface Start {
  readonly target: string;
  readonly from: string;
  readonly expectedEpoch: number;
  /** Name of the execution; the first that is not taken of it, `-2`, `-3` … is used. */
  readonly name: string;
  /** What will happen, in sentences. */
  readonly effects: readonly string[];
  /** What is not known and does not stop the move. */
  readonly warnings: readonly string[];
}
export type Plan = { readonly start: Start } | { readonly refused: readonly string[] };

/** The region that a move without `--to` goes to. */
export function defaultTarget(command: MoveCommand, [primary, standby]: View["regions"], lease: Lease | undefined): string {
  if (command === "failback") return primary;
  return lease?.holder === standby ? primary : standby;
}

export function planMove(kind: Machine, view: View): Plan {
  const { target, regions } = view;
  if (!regions.includes(target)) return { refused: [`${target} is no region of this stack; allowed: ${regions.join(", ")}`] };
  if ("problem" in view.lease) return { refused: [`the lease can't be read in ${target}: ${view.lease.problem}`] };
  const lease = view.lease.value;
  if (lease === undefined) return { refused: ["there is no lease: the stack's first deployment has not ended"] };
  const running = Object.values(view.moves).flatMap((seen) =>
    "problem" in seen ? [] : seen.value.filter(({ status }) => status === "RUNNING"),
  );
  const refused = [
    ...running.map(({ name, region, arn }) => `${name} is running in ${region}: ${arn}`),
    ...alreadyThere(view, lease),
    ...(kind === "switchover" ? notReady(view) : []),
  ];
  if (refused.length > 0) return { refused };
  const from = regions.find((region) => region !== target) ?? "";
  const name = `${kind}-${lease.epoch + 1}`;
  const effects = [
    `the lease goes from ${lease.holder}, epoch ${lease.epoch}, to ${target}, epoch ${lease.epoch + 1}`,
    ledgerEffect(kind, view),
  ];
  return { start: { target, from, expectedEpoch: lease.epoch, name, effects, warnings: warnings(kind, view) } };
}

/** A region that is active needs no move, unless its last one did not come to its end. */
function alreadyThere({ target, database, moves }: View, lease: Lease): string[] {
  if (lease.holder !== target) return [];
  const writer = "problem" in database ? undefined : database.value.members.find((member) => member.writer)?.region;
  const seen = moves[target];
  const last = seen === undefined || "problem" in seen ? undefined : seen.value[0];
  const unfinished = last !== undefined && last.status !== "SUCCEEDED";
  return writer === target && !unfinished ? [`${target} is active already, at epoch ${lease.epoch}`] : [];
}

/** A graceful move needs all of both regions. */
function notReady({ target, regions, database, lagMs, moves, maxLagMs }: View): string[] {
  const blind = regions.flatMap((region) => {
    const seen = moves[region];
    return seen !== undefined && "problem" in seen ? [`${region} can't be asked what is running there: ${seen.problem}`] : [];
  });
  if ("problem" in database) return [...blind, `the ledger can't be read in ${target}: ${database.problem}`];
  const { globalStatus, members } = database.value;
  const own = members.find(({ region }) => region === target);
  const reasons = [...blind];
  if (globalStatus !== "available") reasons.push(`the global cluster is ${globalStatus}`);
  if (own === undefined) reasons.push(`${target} has no copy of the ledger: it is being rebuilt, or is lost`);
  else if (!own.writer) {
    if (!own.connected) reasons.push(`the copy in ${target} is not connected to the writer`);
    if ("problem" in lagMs) reasons.push(`the replication lag can't be read: ${lagMs.problem}`);
    else if (lagMs.value === undefined) reasons.push("the replication lag is not known");
    else if (lagMs.value > maxLagMs) reasons.push(`the replication lag is ${Math.round(lagMs.value)} ms; allowed: ${maxLagMs} ms`);
  }
  return reasons;
}

function ledgerEffect(kind: Machine, { target, database, lagMs }: View): string {
  const writer = "problem" in database ? undefined : database.value.members.find((member) => member.writer)?.region;
  if (writer === target) return `the ledger's writer is in ${target} already`;
  if (kind === "switchover") return `the ledger switches over to ${target} without loss; settlement pauses meanwhile, acceptance does not`;
  const behind = "problem" in lagMs || lagMs.value === undefined ? "an unknown time" : `${Math.round(lagMs.value)} ms`;
  return `the copy in ${target}, behind by ${behind}, is promoted as it is; what it lacks is settled again from the journal`;
}

function warnings(kind: Machine, { database, moves }: View): string[] {
  if (kind === "switchover") return [];
  const blind = Object.entries(moves).flatMap(([region, seen]) =>
    "problem" in seen ? [`${region} can't be asked what is running there: ${seen.problem}`] : [],
  );
  return "problem" in database ? [...blind, `the ledger's state is not known: ${database.problem}`] : blind;
}
