/** What the services do: each call of a port is one atomic step from a world to the next. The rules are those that `handlers/ports.ts` states. */
import { memberView, refusalOf, type CopyFacts, type Plane } from "../../emulation/aurora/control-plane";
import { fenceHolderOf, fenceOf, rowsOf, otherThan, type Commit, type Entry, type Region, type World } from "./world";

/** The place from which a call comes, and the epoch its actor acts under (for history variables only). */
export interface Caller {
  readonly actor: string;
  readonly region: Region;
  readonly epoch: number;
}

/** The answer is plain data. Refused: the service says no, nothing was changed. */
export type Served = { readonly world: World; readonly value: unknown } | { readonly refused: string };
export type Service = (world: World, caller: Caller, args: never) => Served;
export type Services = Readonly<Record<string, Service>>;

const same = (world: World, value: unknown): Served => ({ world, value });
const { east, west }: Record<Region, Region> = { east: "east", west: "west" };
export const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

export const withLease = (world: World, change: Partial<World["lease"]>): World => ({ ...world, lease: { ...world.lease, ...change } });
export const withEntry = (world: World, id: string, entry: Entry): World => ({ ...world, journal: { ...world.journal, [id]: entry } });
export const withCommit = (world: World, region: Region, commit: Commit): World => ({
  ...world,
  copies: { ...world.copies, [region]: { ...world.copies[region], log: [...world.copies[region].log, commit] } },
});
/** A queue is a set: a message that is there twice is delivered as one, and a redelivery is a message that comes back. */
export const withMessages = (world: World, region: Region, ids: readonly string[]): World => ({
  ...world,
  queues: { ...world.queues, [region]: sorted([...world.queues[region], ...ids]) },
});

/** The lease as the core knows it; `promotionEpoch` is the store's own. */
const leaseOf = ({ lease: { holder, epoch, renewals, resignedEpoch } }: World) => ({ holder, epoch, renewals, resignedEpoch });
/** The global database as its control plane has it. */
const planeOf = ({ move, writer }: World): Plane<Region> =>
  move === null
    ? { status: "available", writer }
    : { status: move.kind === "failover" ? "failing-over" : "switching-over", writer, target: move.to };
const factsOf = ({ copies }: World, region: Region): CopyFacts => ({ follows: !copies[region].leftBehind, busy: false });
const follows =
  ({ copies }: World) =>
  (region: Region): boolean =>
    !copies[region].leftBehind;
const NO_WRITER: Served = { refused: "no writer here" };

export const SERVICES = {
  "lease.read": (world) => same(world, leaseOf(world)),
  "lease.take": (world, _caller, [holder, expected]: readonly [Region, number]) => {
    if (world.lease.epoch !== expected) return same(world, null);
    const taken = withLease(world, { holder, epoch: expected + 1, renewals: 0 });
    return same(taken, leaseOf(taken));
  },
  "lease.renew": (world, _caller, [holder, epoch]: readonly [Region, number, number]) => {
    if (world.lease.holder !== holder || world.lease.epoch !== epoch) return same(world, null);
    const renewed = withLease(world, { renewals: world.lease.renewals + 1 });
    return same(renewed, leaseOf(renewed));
  },
  "lease.resign": (world, _caller, [holder, epoch]: readonly [Region, number]) => {
    if (world.lease.holder !== holder || world.lease.epoch !== epoch) return same(world, false);
    return same(withLease(world, { resignedEpoch: epoch }), true);
  },
  "lease.recordPromotion": (world, _caller, [holder, epoch]: readonly [Region, number]) => {
    if (world.lease.holder !== holder || world.lease.epoch !== epoch) return same(world, false);
    return same(withLease(world, { promotionEpoch: epoch }), true);
  },

  "journal.accept": (world, _caller, [id]: readonly [string]) => {
    const entry = world.journal[id];
    return entry ? same(world, entry) : same(withEntry(world, id, { status: "ACCEPTED" }), null);
  },
  "journal.get": (world, _caller, [id]: readonly [string]) => same(world, world.journal[id] ?? null),
  "journal.markSettled": (world, _caller, [id, epoch]: readonly [string, number]) => {
    const entry = world.journal[id];
    if (entry && (entry.settledEpoch === undefined || entry.settledEpoch < epoch))
      return same(withEntry(world, id, { status: "SETTLED", settledEpoch: epoch }), "marked");
    return same(world, entry?.status === "SETTLED" && entry.settledEpoch === epoch ? "already" : "stale");
  },
  "journal.reopen": (world, _caller, [id, markedEpoch]: readonly [string, number]) => {
    const entry = world.journal[id];
    if (entry?.status !== "SETTLED" || entry.settledEpoch !== markedEpoch) return same(world, "changed");
    return same(withEntry(world, id, { status: "ACCEPTED", settledEpoch: markedEpoch }), "reopened");
  },
  "journal.pending": (world) =>
    same(
      world,
      Object.keys(world.journal).filter((id) => world.journal[id]?.status === "ACCEPTED"),
    ),
  "journal.settledByEarlierEpochs": (world, _caller, [below, inWindow]: readonly [number, boolean]) =>
    same(
      world,
      Object.entries(world.journal).flatMap(([id, { status, settledEpoch }]) =>
        inWindow && status === "SETTLED" && settledEpoch !== undefined && settledEpoch < below ? [[id, settledEpoch]] : [],
      ),
    ),

  "ledger.settle": (world, { region }, [epoch, ids]: readonly [number, readonly string[]]) => {
    const { takesWrites, log } = world.copies[region];
    if (!takesWrites) return NO_WRITER;
    if (fenceOf(log) !== epoch || fenceHolderOf(log) !== region) return same(world, { fencedAt: fenceOf(log) });
    const fresh = sorted(ids).filter((id) => !rowsOf(log).includes(id));
    return same(fresh.length > 0 ? withCommit(world, region, { settled: fresh, epoch }) : world, { fresh });
  },
  "ledger.present": (world, { region }, [epoch, ids]: readonly [number, readonly string[]]) => {
    const { takesWrites, log } = world.copies[region];
    if (!takesWrites || fenceOf(log) !== epoch || fenceHolderOf(log) !== region) return { refused: "not the ledger to ask" };
    return same(
      world,
      ids.filter((id) => rowsOf(log).includes(id)),
    );
  },
  "ledger.raiseFence": (world, { region }, [epoch]: readonly [number]) => {
    const { takesWrites, log } = world.copies[region];
    if (!takesWrites) return NO_WRITER;
    if (fenceOf(log) >= epoch) return same(world, fenceOf(log));
    return same(withCommit(world, region, { fence: epoch, holder: region }), epoch);
  },
  "ledger.writableAt": (world, { region }) => same(world, world.copies[region].takesWrites ? fenceOf(world.copies[region].log) : null),

  "database.status": (world, { region }) => {
    const plane = planeOf(world);
    const member = (of: Region) => {
      const { writer, connected } = memberView(plane, of, factsOf(world, of));
      return { clusterArn: of, role: writer ? ("writer" as const) : ("reader" as const), synchronized: connected };
    };
    return same(world, {
      globalStatus: plane.status,
      members: [member(east), member(west)],
      // A cluster that is rebuilt is "available" again before anybody asks: the model's steps are as long as they like.
      own: { role: member(region).role, status: "available", leaving: plane.target !== undefined && plane.target !== region },
    });
  },
  // The control plane knows no epochs. What it refuses is told to the core as nothing, which asks again.
  "database.failoverToHere": (world, { region, epoch }) => {
    if (refusalOf(planeOf(world), { kind: "failover", calledIn: region, target: region }, follows(world))) return same(world, null);
    return same({ ...world, move: { kind: "failover", to: region, askedUnder: epoch } }, null);
  },
  "database.switchoverToHere": (world, { region, epoch }, [writer]: readonly [Region]) => {
    if (refusalOf(planeOf(world), { kind: "switchover", calledIn: writer, target: region }, follows(world))) return same(world, null);
    const quiet = { ...world.copies[writer], takesWrites: false };
    return same(
      { ...world, copies: { ...world.copies, [writer]: quiet }, move: { kind: "switchover", to: region, askedUnder: epoch } },
      null,
    );
  },
  "database.lagMs": (world) => same(world, 0),

  "queue.send": (world, { region }, [ids]: readonly [readonly string[]]) => same(withMessages(world, region, ids), null),
  "queue.sendTo": (world, _caller, [region, ids]: readonly [Region, readonly string[]]) =>
    world.dead.includes(region) ? { refused: "that region is dead" } : same(withMessages(world, region, ids), null),

  "region.accepts": (world) => same(world, null),
  "probe.get": (world, { region }) => same(world, world.dead.includes(otherThan(region)) ? null : 200),
  "orchestrator.startFailover": (world, { region }, [expectedEpoch]: readonly [number]) => {
    const name = `${region} failover-${expectedEpoch + 1}`;
    if (world.executions.includes(name)) return same(world, "exists");
    return same({ ...world, executions: sorted([...world.executions, name]) }, "started");
  },
  "orchestrator.isMoving": (world, { region }) =>
    same(
      world,
      world.executions.some((name) => name.startsWith(`${region} `)),
    ),
} satisfies Services;

/** Calls that change something: only these can have an effect that nobody hears of. */
const WRITES = /take|renew|resign|record|accept$|mark|reopen|settle$|raise|ToHere|send|start/;
export const changesSomething = (name: string): boolean => WRITES.test(name);
/** Reads of an index, which may miss what was written lately. */
export const mayBeStale = (name: string): boolean => name === "journal.pending" || name === "journal.settledByEarlierEpochs";
