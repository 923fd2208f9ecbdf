import type { GlobalDatabase, LeaseStore, Ledger, Log, Metrics } from "../ports";
import { secureChain, type ChainPorts } from "./chain";

export interface PromotionPorts {
  readonly lease: Pick<LeaseStore, "read" | "recordPromotion">;
  readonly database: GlobalDatabase;
  readonly ledger: Pick<Ledger, "raiseFence"> & ChainPorts["ledger"];
  readonly chain: ChainPorts["chain"];
  readonly clock: ChainPorts["clock"];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
  /** The region of a cluster, from its ARN. */
  readonly regionOf: (clusterArn: string) => string;
}

/** "writer": done; "moving": ask again; "superseded": the lease has moved on, this caller must stop. */
export type MoveState = "writer" | "moving" | "superseded";

/** A writer that a move is about to take the role from is none: what it settled from now on could be lost with that move. */
async function isWriter(database: GlobalDatabase): Promise<{ writer: boolean; busy: boolean; failingOver: boolean }> {
  const { own, globalStatus } = await database.status();
  return {
    writer: own.role === "writer" && own.status === "available" && !own.leaving,
    busy: globalStatus !== "available",
    failingOver: globalStatus === "failing-over",
  };
}

/** Ungraceful: promotes this site's copy, data loss allowed. Asked again until it answers "writer"; asks nothing of the other region. */
export async function promote(epoch: number, ports: PromotionPorts): Promise<MoveState> {
  // A write and not a read: if the lease has moved on it fails here, before anything is promoted.
  if (!(await ports.lease.recordPromotion(ports.region, epoch))) return "superseded";
  const { writer, failingOver } = await isWriter(ports.database);
  if (writer) return "writer";
  // Also of a database that is said to be switching over: a region that dies in the middle of that leaves it so for good. Where AWS refuses, it is asked again.
  if (!failingOver) await ports.database.failoverToHere();
  return "moving";
}

/** Graceful: the current writer hands over without data loss. */
export async function switchover(epoch: number, ports: PromotionPorts): Promise<MoveState> {
  if (!(await ports.lease.recordPromotion(ports.region, epoch))) return "superseded";
  const { writer, busy } = await isWriter(ports.database);
  if (writer) return "writer";
  if (!busy) {
    const current = (await ports.database.status()).members.find((member) => member.role === "writer");
    if (!current) throw new Error("the global cluster names no writer: try again");
    await ports.database.switchoverToHere(ports.regionOf(current.clusterArn));
  }
  return "moving";
}

/**
 * The first act after a promotion: from here on the ledger takes settlements of this epoch and of none before, and what the promotion has lost is written down
 * before anything is settled on top of it.
 */
export async function raiseFence(epoch: number, ports: PromotionPorts): Promise<{ raised: boolean; ledgerEpoch: number }> {
  const lease = await ports.lease.read();
  if (lease?.holder !== ports.region || lease.epoch !== epoch) return { raised: false, ledgerEpoch: 0 };
  const ledgerEpoch = await ports.ledger.raiseFence(epoch);
  const raised = ledgerEpoch === epoch && (await secureChain(epoch, ports)) !== undefined;
  return { raised, ledgerEpoch };
}

export interface TargetState {
  readonly ready: boolean;
  /** Why not, each in a sentence. */
  readonly reasons: readonly string[];
  readonly writerRegion: string;
  readonly lagMs?: number;
  /** Where the lease stood: the move takes it from there and from nowhere else. */
  readonly epoch: number;
}

/** May this region become active gracefully? Only as a healthy replica that has caught up, or to finish a move that was begun. */
export async function checkTarget(maxLagMs: number, ports: PromotionPorts): Promise<TargetState> {
  const [lease, status, lagMs] = await Promise.all([ports.lease.read(), ports.database.status(), ports.database.lagMs()]);
  const writer = status.members.find((member) => member.role === "writer");
  const writerRegion = writer ? ports.regionOf(writer.clusterArn) : "";
  const reasons: string[] = [];
  if (!lease) reasons.push("there is no lease: the bootstrap has not run");
  if (lease?.holder === ports.region && status.own.role === "writer") reasons.push(`${ports.region} is active already`);
  if (status.globalStatus !== "available") reasons.push(`the global cluster is ${status.globalStatus}`);
  if (status.own.status !== "available") reasons.push(`this region's cluster is ${status.own.status}`);
  if (status.own.role === "reader") {
    const own = status.members.find((member) => ports.regionOf(member.clusterArn) === ports.region);
    if (!own?.synchronized) reasons.push("this region's copy is not connected to the writer");
    if (lagMs === undefined) reasons.push("the replication lag is not known");
    else if (lagMs > maxLagMs) reasons.push(`the replication lag is ${lagMs} ms; allowed: ${maxLagMs} ms`);
  }
  return { ready: reasons.length === 0, reasons, writerRegion, lagMs, epoch: lease?.epoch ?? 0 };
}
