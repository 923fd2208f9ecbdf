import {
  begun,
  cancelled,
  memberView,
  moved,
  refusalOf,
  type MemberView,
  type MoveKind,
  type Plane,
} from "../../emulation/aurora/control-plane";
import { hook } from "../kernel/hook";
import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Network } from "../kernel/network";
import type { Region } from "../kernel/region";
import { serveData, type DataInput } from "./data-api";
import { LedgerCopy, type Record } from "./ledger-copy";
import { PlaneHistory } from "./plane-history";

interface Member {
  readonly region: Region;
  readonly copy: LedgerCopy;
  /** Takes writes, by its own belief: an old writer that has not heard of a promotion still does. */
  writable: boolean;
  /** Is being rebuilt from the writer. */
  resyncing: boolean;
  /** The server is dead while the control plane lives: a fault. */
  broken: boolean;
  /** Committed here and not yet applied in the other copy. */
  unsent: Record[];
  pumping: boolean;
}

export const clusterArn = (region: string): string => `arn:aws:rds:${region}:123456789012:cluster:ledger-${region}`;

/**
 * Two copies of the ledger and the control plane that moves the writer. Replication is asynchronous and in order. A promotion takes what has
 * arrived and loses the tail; the old writer goes on until it hears of it, and is then rebuilt. Each region sees the control plane's state a
 * little late, and not at all while it is cut off from the other two.
 */
export class GlobalDatabase {
  readonly members: ReadonlyMap<string, Member>;
  private readonly history: PlaneHistory;
  /** A move that the habits of this world make last for minutes is under way until then. */
  movingUntil = 0;
  /** Milliseconds that replication takes, at least and at most. */
  lag: readonly [number, number];
  /** Called when a copy's rows are no longer what its own commits have made them. */
  onCopied: (region: string) => void = () => undefined;
  /** Called for each promotion with the number of rows that it lost. */
  onPromoted: (region: string, lost: number) => void = () => undefined;
  onRows: (rows: Record["rows"]) => void = () => undefined;
  /** Called for each call that a broken server did not take. */
  onBroken: () => void = () => undefined;
  private readonly moveMs: readonly [number, number];
  /** The move that was begun last. */
  private move: Plane | undefined;

  constructor(
    serving: readonly Region[],
    private readonly regions: readonly Region[],
    private readonly kernel: Kernel,
    private readonly network: Network,
  ) {
    const { random } = kernel;
    this.members = new Map(serving.map((region) => [region.name, this.member(region)]));
    const first = serving[0] as Region;
    this.history = new PlaneHistory(
      first.name,
      serving.map(({ name }) => name),
      kernel,
      (region) => this.quorum(this.memberOf(region).region),
    );
    this.memberOf(first.name).writable = true;
    const slowest = random.between(100, 2_000);
    this.lag = [slowest / 4, slowest];
    this.moveMs = [4_000, random.between(6_000, 30_000)];
  }

  get truth(): Plane {
    return this.history.truth;
  }

  memberOf(region: string): Member {
    const member = this.members.get(region);
    if (!member) throw new Error(`there is no copy of the ledger in ${region}`);
    return member;
  }

  private member(region: Region): Member {
    const { kernel } = this;
    const copy = new LedgerCopy(
      region.name,
      () => kernel.now,
      (record) => this.committed(member, record),
    );
    const member: Member = { region, copy, writable: false, resyncing: false, broken: false, unsent: [], pumping: false };
    region.atCrash(() => copy.drop());
    hook(copy, "contended", () => kernel.habit("ledger-contention", 0.05));
    return member;
  }

  private other(member: Member): Member {
    return [...this.members.values()].find((one) => one !== member) as Member;
  }

  private linked(a: Member, b: Member): boolean {
    return a.region.health === "up" && b.region.health === "up" && this.network.connected(a.region.name, b.region);
  }

  /** May this region's control plane act? It needs one of the other two. */
  private quorum(region: Region): boolean {
    return this.regions.some((other) => other !== region && this.network.connected(region.name, other));
  }

  private committed(member: Member, record: Record): void {
    this.kernel.observer.committed({
      region: member.region.name,
      fence: member.copy.fence,
      raisedFence: record.fence !== undefined,
      rows: record.rows,
      positions: record.positions,
    });
    this.onRows(record.rows);
    member.unsent.push(record);
    if (!member.pumping) this.pump(member);
  }

  /** Carries what is unsent to the other copy, in order. */
  private pump(member: Member): void {
    const first = member.unsent[0];
    member.pumping = first !== undefined;
    if (!first) return;
    const due = first.at + this.kernel.random.between(...this.lag);
    this.kernel.after(due - this.kernel.now, () => {
      const there = this.other(member);
      if (member.unsent[0] === first) {
        if (this.truth.writer !== member.region.name || there.writable || there.resyncing || !this.linked(member, there))
          return this.kernel.after(1_000, () => this.pump(member));
        member.unsent.shift();
        there.copy.apply(first);
      }
      this.pump(member);
    });
  }

  serveData(operation: string, input: DataInput, to: Region): unknown {
    const { copy, writable, broken } = this.memberOf(to.name);
    if (broken) {
      this.onBroken();
      throw new ServiceError("DatabaseUnavailableException", "the writer instance is not available");
    }
    if (!writable) throw new ServiceError("BadRequestException", "HttpEndpoint: the cluster has no writer instance");
    return serveData(copy, operation, input, to, this.kernel);
  }

  serve(operation: string, input: { readonly TargetDbClusterIdentifier?: string }, to: Region): unknown {
    const seen = this.history.seenBy(to.name);
    switch (operation) {
      case "DescribeGlobalClusters": {
        const GlobalClusterMembers = [...this.members.values()].map((member) => {
          const { writer, connected } = this.viewOf(this.history.roleSeenBy(to.name, seen), member);
          return {
            DBClusterArn: clusterArn(member.region.name),
            IsWriter: writer,
            SynchronizationStatus: connected ? "connected" : "pending-resync",
          };
        });
        const FailoverState = seen.target === undefined ? undefined : { ToDbClusterArn: clusterArn(seen.target) };
        return { GlobalClusters: [{ Status: seen.status, GlobalClusterMembers, FailoverState }] };
      }
      case "DescribeDBClusters":
        return { DBClusters: [{ Status: this.viewOf(seen, this.memberOf(to.name)).status }] };
      case "FailoverGlobalCluster":
        return this.beginMove("failover", input.TargetDbClusterIdentifier, to);
      case "SwitchoverGlobalCluster":
        return this.beginMove("switchover", input.TargetDbClusterIdentifier, to);
      default:
        throw new ServiceError("InvalidAction", operation);
    }
  }

  private viewOf(seen: Plane, member: Member): MemberView {
    const follows = !member.resyncing && this.linked(member, this.other(member));
    return memberView(seen, member.region.name, { follows, busy: member.resyncing });
  }

  private beginMove(kind: MoveKind, targetArn: string | undefined, to: Region): unknown {
    if (!this.quorum(to)) throw new ServiceError("InternalFailure", "the control plane is not available", true);
    const target = [...this.members.values()].find(({ region }) => clusterArn(region.name) === targetArn);
    const request = { kind, calledIn: to.name, target: target?.region.name };
    const { truth, kernel } = this;
    // AWS does not say whether a failover ends a switchover that is under way.
    const interrupts = kind === "failover" && truth.status === "switching-over" && kernel.habit("failover-interrupts", 1);
    const refusal = refusalOf(interrupts ? cancelled(truth) : truth, request, (region) => !this.memberOf(region).resyncing);
    if (refusal || !target) throw new ServiceError(refusal?.code ?? "DBClusterNotFoundFault", refusal?.message ?? "");
    const plane = begun(truth, kind, target.region.name);
    this.history.become(plane);
    const sticks = kernel.habit("stuck-moves", 1);
    const finish = kind === "failover" ? () => this.failedOver(target) : () => this.switchedOver(target);
    if (kind === "switchover") this.quiet(this.other(target));
    const ms = sticks ? kernel.random.between(300_000, 1_200_000) : this.moveTakes(kind);
    if (ms > 60_000) this.movingUntil = Math.max(this.movingUntil, kernel.now + ms);
    kernel.after(ms, () =>
      target.region.whenBack(() => {
        // Another move has taken its place.
        if (this.move !== plane) return;
        if (sticks) this.giveUp(this.other(target));
        else finish();
      }),
    );
    this.move = plane;
    return {};
  }

  private moveTakes(kind: MoveKind): number {
    const { random, habits } = this.kernel;
    const slow = habits["slow-moves"];
    if (slow !== undefined && this.kernel.habit("slow-moves", 1)) return random.between(60_000, 60_000 + slow * 480_000);
    return kind === "failover" ? random.between(...this.moveMs) : random.between(2_000, 12_000);
  }

  /** The move comes to nothing: the writer stays, and takes writes as soon as it can hear that. */
  private giveUp(old: Member): void {
    const { move } = this;
    old.region.whenBack(() => {
      if (this.move !== move) return;
      old.writable = true;
      this.history.become(cancelled(this.truth));
    });
  }

  private failedOver(target: Member): void {
    const old = this.other(target);
    const lost = old.unsent.reduce((sum, { rows }) => sum + rows.length, 0);
    old.unsent = [];
    target.unsent = [];
    target.writable = true;
    this.history.become(moved(this.truth));
    this.onPromoted(target.region.name, lost);
    this.onCopied(target.region.name);
    this.kernel.after(this.kernel.random.between(0, 4_000), () => this.demote(old));
  }

  /** An old writer hears that it is one no more, as soon as it can hear anything, and is rebuilt from the new. */
  private demote(old: Member): void {
    if (this.truth.writer === old.region.name) return;
    if (!this.linked(old, this.other(old))) return this.kernel.after(1_000, () => this.demote(old));
    this.quiet(old);
    old.resyncing = true;
    this.kernel.after(this.kernel.random.between(2_000, 12_000), () => this.rebuild(old));
  }

  private rebuild(old: Member): void {
    const writer = this.other(old);
    if (!this.linked(old, writer)) return this.kernel.after(1_000, () => this.rebuild(old));
    const kept = writer.copy.rows;
    const lost = [...old.copy.rows.keys()].filter((tradeId) => !kept.has(tradeId)).length;
    old.copy.copyFrom(writer.copy);
    old.unsent = [];
    writer.unsent = [];
    old.resyncing = false;
    this.kernel.trace("global database", "rebuilt", `${old.region.name} without ${lost} of its rows`);
    this.onCopied(old.region.name);
  }

  private quiet(old: Member): void {
    old.writable = false;
    old.copy.drop();
  }

  private switchedOver(target: Member): void {
    const old = this.other(target);
    if (!this.linked(old, target) || old.broken) {
      // It can't be finished without loss, so it is not.
      this.kernel.strike("switchover-aborted");
      return this.giveUp(old);
    }
    target.copy.copyFrom(old.copy);
    old.unsent = [];
    target.unsent = [];
    target.writable = true;
    this.history.become(moved(this.truth));
    this.onCopied(target.region.name);
  }

  /** Milliseconds that this region's copy is behind, as CloudWatch tells it. */
  lagOf(region: string): number | undefined {
    if (this.truth.writer === region) return undefined;
    const first = this.other(this.memberOf(region)).unsent[0];
    return first ? this.kernel.now - first.at : this.lag[1] / 2;
  }
}
