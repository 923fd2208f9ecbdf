/**
 * The control plane of an Aurora Global Database as a pure value: who is the writer, what is under way, which call is refused and how.
 *
 * AWS's rules that it keeps:
 * - FailoverGlobalCluster with data loss allowed is called in the target's region and asks nothing of the old writer.
 * - A switchover is called in the current writer's region.
 * - One move at a time; the target is a reader that could take over.
 */
export type GlobalStatus = "available" | "failing-over" | "switching-over";
export type MoveKind = "failover" | "switchover";

export interface Plane<Region extends string = string> {
  readonly status: GlobalStatus;
  readonly writer: Region;
  /** Whom the move that is under way makes the writer. */
  readonly target?: Region;
}

export interface MoveRequest<Region extends string = string> {
  readonly kind: MoveKind;
  /** Region whose endpoint was called. */
  readonly calledIn: Region;
  /** Undefined: no member has the name that was given. */
  readonly target: Region | undefined;
}

/** A refusal by AWS's name. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** What is known of a member besides its role. */
export interface CopyFacts {
  /** Receives the writer's log. */
  readonly follows: boolean;
  /** Is being rebuilt or reconfigured. */
  readonly busy: boolean;
}

export interface MemberView {
  readonly writer: boolean;
  readonly connected: boolean;
  readonly status: GlobalStatus | "modifying";
}

/** Why the control plane does not begin this move; undefined: it begins. `canTakeOver`: is there a reader that is not busy? */
export function refusalOf<Region extends string>(
  { status, writer }: Plane<Region>,
  { kind, calledIn, target }: MoveRequest<Region>,
  canTakeOver: (region: Region) => boolean,
): Fault | undefined {
  if (target === undefined) return { code: "DBClusterNotFoundFault", message: "The target is no member of the global cluster" };
  if (status !== "available") return { code: "InvalidGlobalClusterStateFault", message: `The global cluster is ${status}` };
  if (target === writer) return { code: "InvalidDBClusterStateFault", message: `${target} is the writer already` };
  const where = kind === "failover" ? target : writer;
  if (calledIn !== where)
    return {
      code: "InvalidParameterValue",
      message: `A ${kind} is called in ${kind === "failover" ? "the target's" : "the writer's"} region, ${where}`,
    };
  if (!canTakeOver(target)) return { code: "InvalidDBClusterStateFault", message: `${target} is no reader that could take over` };
  return undefined;
}

export const begun = <Region extends string>({ writer }: Plane<Region>, kind: MoveKind, target: Region): Plane<Region> => ({
  status: kind === "failover" ? "failing-over" : "switching-over",
  writer,
  target,
});

/** The move is done. */
export const moved = <Region extends string>({ writer, target }: Plane<Region>): Plane<Region> => ({
  status: "available",
  writer: target ?? writer,
});

/** The move was given up: the writer stays. */
export const cancelled = <Region extends string>({ writer }: Plane<Region>): Plane<Region> => ({ status: "available", writer });

/** A member as DescribeGlobalClusters and DescribeDBClusters tell it: a move is both members'. */
export const memberView = <Region extends string>(plane: Plane<Region>, region: Region, { follows, busy }: CopyFacts): MemberView => ({
  writer: region === plane.writer,
  connected: follows,
  status: busy ? "modifying" : plane.status,
});
