/** What the services do: each call of a port is one atomic step from a world to the next. The rules are those that `handlers/ports.ts` states. */
import { memberView, refusalOf, type CopyFacts, type Plane } from "../../emulation/aurora/control-plane";
import {
  confirmedOf,
  fenceHolderOf,
  fenceOf,
  linksOf,
  otherThan,
  rowsOf,
  seqOf,
  type Commit,
  type Entry,
  type HeadItem,
  type Link,
  type Region,
  type World,
} from "./world";

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
/**
 * A world in which the region's ledger has one link more, with that link. Its id tells what the history holds up to it: two histories of the same content are the
 * same to everybody, and the search need not tell them apart.
 */
export function withLink(world: World, region: Region, seq: number, rest: Omit<Commit, "link">): { world: World; link: Link } {
  const rows = [...rowsOf(world.copies[region].log), ...("settled" in rest ? (rest.settled as readonly string[]) : [])];
  const link = { seq, id: `${"anew" in rest ? "anew" : ""}${rows.join("")}` };
  return { world: withCommit(world, region, { ...rest, link } as Commit), link };
}
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
const leaseOf = ({ lease: { promotionEpoch: _own, ...lease } }: World) => lease;
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
const isSame = (a: Link, b: Link): boolean => a.seq === b.seq && a.id === b.id;
export const holdsLink = (log: readonly Commit[], link: Link): boolean => linksOf(log).some((other) => isSame(other, link));
const stands = ({ copies }: World, region: Region, epoch: number): boolean => {
  const { takesWrites, log } = copies[region];
  return takesWrites && fenceOf(log) === epoch && fenceHolderOf(log) === region;
};
const NOT_THE_ONE: Served = { refused: "not the ledger to ask" };
const NO_WRITER: Served = { refused: "no writer here" };

export const SERVICES = {
  "lease.read": (world) => same(world, leaseOf(world)),
  "lease.take": (world, _caller, [holder, expected, renewals, forced]: readonly [Region, number, number | null, boolean]) => {
    if (world.lease.epoch !== expected || (renewals !== null && world.lease.renewals !== renewals)) return same(world, null);
    const epoch = expected + 1;
    const taken = withLease(world, { holder, epoch, renewals: 0, ...(forced ? { forcedEpoch: epoch, refrained: 0 } : {}) });
    return same(taken, leaseOf(taken));
  },
  "lease.refrain": (world, _caller, [epoch]: readonly [number]) =>
    world.lease.epoch === epoch && world.lease.forcedEpoch === epoch
      ? same(withLease(world, { refrained: world.lease.refrained + 1 }), true)
      : same(world, false),
  "lease.renew": (world, _caller, [holder, epoch]: readonly [Region, number, number]) => {
    if (world.lease.holder !== holder || world.lease.epoch !== epoch) return same(world, null);
    const renewed = withLease(world, { renewals: world.lease.renewals + 1, resignedEpoch: 0 });
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
  "journal.getAll": (world, _caller, [ids]: readonly [readonly string[]]) =>
    same(
      world,
      ids.flatMap((id) => (world.journal[id] ? [[id, world.journal[id]]] : [])),
    ),
  "journal.markSettled": (world, _caller, [id, epoch, seq]: readonly [string, number, number]) => {
    const entry = world.journal[id];
    if (entry && (entry.settledSeq === undefined || entry.settledSeq < seq))
      return same(withEntry(world, id, { status: "SETTLED", settledEpoch: epoch, settledSeq: seq }), "marked");
    return same(world, entry?.status === "SETTLED" ? "already" : "stale");
  },
  "journal.reopen": (world, _caller, [id, markedSeq, floor]: readonly [string, number, number]) => {
    const entry = world.journal[id];
    if (entry?.status !== "SETTLED" || entry.settledSeq !== markedSeq) return same(world, "changed");
    return same(withEntry(world, id, { ...entry, status: "ACCEPTED", settledSeq: floor }), "reopened");
  },
  "journal.pending": (world) =>
    same(
      world,
      Object.keys(world.journal).filter((id) => world.journal[id]?.status === "ACCEPTED"),
    ),
  "journal.marked": (world, _caller, [from, to]: readonly [number, number]) =>
    same(
      world,
      Object.entries(world.journal).filter(
        ([, { status, settledSeq = 0 }]) => status === "SETTLED" && settledSeq >= from && settledSeq <= to,
      ),
    ),

  "chain.read": (world) => same(world, world.head),
  "chain.create": (world) => same(world, false),
  "chain.advance": (world, _caller, [from, { seq, id }]: readonly [HeadItem, Link]) =>
    world.head.epoch === from.epoch && isSame(world.head, from)
      ? same({ ...world, head: { ...world.head, seq, id } }, true)
      : same(world, false),
  "chain.replace": (world, _caller, [from, to]: readonly [HeadItem, HeadItem]) =>
    world.head.epoch === from.epoch && isSame(world.head, from) ? same({ ...world, head: to }, true) : same(world, false),
  "chain.doubt": (world, _caller, [base, doubt]: readonly [number, HeadItem["doubt"] | null]) => {
    if (world.head.base !== base) return same(world, false);
    const { doubt: _before, ...head } = world.head;
    return same({ ...world, head: doubt ? { ...head, doubt } : head }, true);
  },

  "ledger.settle": (world, { region }, [epoch, head, ids]: readonly [number, Link, readonly string[]]) => {
    const { takesWrites, log } = world.copies[region];
    if (!takesWrites) return NO_WRITER;
    if (!stands(world, region, epoch)) return same(world, { fencedAt: fenceOf(log) });
    if (!holdsLink(log, head)) return same(world, { astray: true });
    const fresh = sorted(ids).filter((id) => !rowsOf(log).includes(id));
    const settled = withLink(world, region, seqOf(log) + 1, { settled: fresh, epoch, confirmed: head.seq });
    return same(settled.world, { fresh, link: settled.link });
  },
  "ledger.present": (world, { region }, [epoch, ids]: readonly [number, readonly string[]]) =>
    stands(world, region, epoch)
      ? same(
          world,
          ids.filter((id) => rowsOf(world.copies[region].log).includes(id)),
        )
      : NOT_THE_ONE,
  "ledger.holds": (world, { region }, [epoch, links]: readonly [number, readonly Link[]]) =>
    stands(world, region, epoch)
      ? same(
          world,
          links.every((link) => holdsLink(world.copies[region].log, link)),
        )
      : NOT_THE_ONE,
  "ledger.beginAnew": (world, { region }, [epoch, after]: readonly [number, number]) => {
    if (!stands(world, region, epoch)) return NOT_THE_ONE;
    const { log } = world.copies[region];
    const begun = withLink(world, region, Math.max(seqOf(log), after) + 1, { anew: true });
    return same(begun.world, { link: begun.link, confirmed: confirmedOf(log) });
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
  "orchestrator.startSwitchover": (world, { region }, [expectedEpoch]: readonly [number]) => {
    const name = `${region} switchover-${expectedEpoch + 1}`;
    if (world.executions.includes(name)) return same(world, "running");
    return same({ ...world, executions: sorted([...world.executions, name]) }, "started");
  },
  "orchestrator.isMoving": (world, { region }) =>
    same(
      world,
      world.executions.some((name) => name.startsWith(`${region} `)),
    ),
} satisfies Services;

/** Calls that change something: only these can have an effect that nobody hears of. */
const WRITES = /take|renew|refrain|resign|record|accept$|markS|reopen|settle$|raise|Anew|advance|replace|doubt|ToHere|send|start/;
export const changesSomething = (name: string): boolean => WRITES.test(name);
/** Reads of an index, which may miss what was written lately. */
export const mayBeStale = (name: string): boolean => name === "journal.pending" || name === "journal.marked";
