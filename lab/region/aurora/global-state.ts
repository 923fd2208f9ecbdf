/**
 * The control plane of the Aurora Global Database, in the lab's own process. Which call is refused and who is the writer is the pure model's to say
 * (`emulation/aurora`); here real servers follow it.
 *
 * AWS's rules that it keeps besides:
 * - A switchover loses nothing: writes end at the writer, the target gets all, then it is promoted.
 * - After a failover the old writer is not told to stop: it is fenced off only when the service reaches it again and rebuilds it as a reader
 *   (managed failover). Until then it takes writes, which are lost.
 */
import { createServer, type Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import {
  begun,
  cancelled,
  memberView,
  moved,
  refusalOf,
  type Fault,
  type MoveKind,
  type Plane,
} from "../../../emulation/aurora/control-plane";
import type { SiteName } from "../../types";
import type { Command, DatabaseRole, DatabaseStatus } from "../config";
import { answerJson, bodyOf } from "../request";
import type { GlobalView, Member, MoveRequest, Registration } from "./model";

/** A region as the control plane reaches it. */
export interface ControlledRegion {
  readonly site: SiteName;
  readonly region: string;
  state(): "stopped" | "running" | "frozen" | "killed";
  command<T>(command: Command, timeoutMs: number): Promise<T>;
}

export interface GlobalDatabaseOptions {
  /** Home primary first: its cluster is the first writer. */
  readonly regions: readonly ControlledRegion[];
  readonly port: number;
  /** Milliseconds that a failover takes before the target is promoted; minutes on AWS. Default 2,000. */
  readonly failoverDelayMs?: number;
  /** Milliseconds for which an old writer, once it is reached again, stays a stale copy that takes writes. Default 15,000. */
  readonly rebuildDelayMs?: number;
  /** Are the region's links to the others cut? */
  readonly isCut: (region: string) => boolean;
  readonly onEvent?: (event: { readonly region: string; readonly event: string; readonly detail: string }) => void;
}

const LOOK_MS = 300;
const STATUS_MS = 1_500;
const PROMOTE_MS = 15_000;
const SEED_MS = 30_000;
const HAND_OVER_MS = 20_000;
const CATCH_UP_MS = 10_000;
/** A reader that does not stream for so long, while the writer is there, has another history: it is rebuilt. */
const DIVERGED_MS = 8_000;
const RESTART_MS = 3_000;
const FAILOVER_DELAY_MS = 2_000;
const REBUILD_DELAY_MS = 15_000;

const UNKNOWN: DatabaseStatus = { role: "down", streaming: false, position: "0" };

class Refusal extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

export class GlobalDatabase {
  private readonly server: Server = createServer((request, response) => {
    void bodyOf(request)
      .then((raw) => this.answer(request.url ?? "", raw.toString("utf8")))
      .then(
        (value) => answerJson(response, 200, value),
        (error: unknown) => {
          const fault = error instanceof Refusal ? error.fault : { code: "InternalFailure", message: String(error) };
          answerJson(response, 400, fault);
        },
      );
  });
  private readonly members = new Map<string, Member>();
  private globalClusterId = "";
  private plane: Plane;
  private readonly seen = new Map<string, DatabaseStatus>();
  private readonly busy = new Set<string>();
  /** Members that are not what they should be, though they can be reached: as what, since when. */
  private readonly astray = new Map<string, { readonly role: DatabaseRole; readonly since: number }>();
  /** Databases that the drill has killed: they are not started again for it. */
  private readonly heldDown = new Set<string>();
  private looking: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: GlobalDatabaseOptions) {
    this.plane = { status: "available", writer: options.regions[0]?.region ?? "" };
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ port: this.options.port, host: "127.0.0.1" }, () => resolve());
    });
    this.looking = this.lookOn();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.looking;
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Region of the writer, as the control plane has it. */
  writerRegion(): string {
    return this.plane.writer;
  }

  hold(region: string, down: boolean): void {
    if (down) this.heldDown.add(region);
    else this.heldDown.delete(region);
  }

  view(): GlobalView {
    const { globalClusterId, plane } = this;
    const members = [...this.members.values()].map((member) => {
      const { role, streaming } = this.seen.get(member.region) ?? UNKNOWN;
      const follows = member.region === plane.writer ? role === "writer" : role === "reader" && streaming;
      return { ...member, ...memberView(plane, member.region, { follows, busy: this.busy.has(member.region) }) };
    });
    const [from, to] = [false, true].map((target) => members.find(({ region }) => (region === plane.target) === target)?.clusterArn ?? "");
    const { status } = plane;
    const move = status === "available" ? undefined : { kind: status, from: from ?? "", to: to ?? "", dataLoss: status === "failing-over" };
    return { globalClusterId, status, move, members };
  }

  /** Resolves when every member is there and follows the writer. */
  async settled(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const inOrder = (): boolean =>
      this.options.regions.every(({ region }) => {
        const { role, streaming } = this.seen.get(region) ?? UNKNOWN;
        return region === this.plane.writer ? role === "writer" : role === "reader" && streaming;
      });
    while (!inOrder()) {
      if (performance.now() > deadline) throw new Error(`the ledger's copies are not in order after ${timeoutMs / 1000} s`);
      await pause(50);
    }
  }

  private async answer(path: string, body: string): Promise<unknown> {
    if (path === "/register") {
      const { globalClusterId, ...member } = JSON.parse(body) as Registration;
      this.globalClusterId = globalClusterId;
      this.members.set(member.region, member);
      return {};
    }
    if (path === "/move") this.beginMove(JSON.parse(body) as MoveRequest);
    return this.view();
  }

  private beginMove({ kind, calledIn, targetArn }: MoveRequest): void {
    const { plane } = this;
    const target = [...this.members.values()].find(({ clusterArn, clusterIdentifier }) =>
      [clusterArn, clusterIdentifier].includes(targetArn),
    );
    const refusal = refusalOf(
      plane,
      { kind, calledIn, target: target?.region },
      (region) => this.seen.get(region)?.role === "reader" && !this.busy.has(region),
    );
    if (refusal || !target) throw new Refusal(refusal ?? { code: "DBClusterNotFoundFault", message: `DBCluster ${targetArn} not found.` });
    this.plane = begun(plane, kind, target.region);
    this.note(target.region, kind, `${kind} of the global database from ${plane.writer} to ${target.region} begins`);
    void this.moveTo(kind, plane.writer, target.region);
  }

  private async moveTo(kind: MoveKind, from: string, target: string): Promise<void> {
    try {
      await (kind === "failover" ? this.failover(target) : this.switchover(from, target));
      this.note(target, kind, `${target} is the writer`);
    } catch (error) {
      this.note(target, kind, `not done: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.plane = cancelled(this.plane);
    }
  }

  private async failover(target: string): Promise<void> {
    await pause(this.options.failoverDelayMs ?? FAILOVER_DELAY_MS);
    await this.order(target, { kind: "promote" }, PROMOTE_MS);
    this.becameWriter(target);
  }

  private async switchover(from: string, target: string): Promise<void> {
    if (this.seen.get(target)?.streaming !== true) throw new Error(`${target} does not follow the writer`);
    const { position } = await this.order<{ position: string }>(from, { kind: "hand-over" }, HAND_OVER_MS);
    try {
      await this.received(target, position);
      await this.order(target, { kind: "promote" }, PROMOTE_MS);
    } catch (error) {
      // Nobody else was promoted: the writer takes writes again.
      if ((await this.look(target)).role !== "writer") {
        await this.order(from, { kind: "start-database" }, PROMOTE_MS);
        throw error;
      }
    }
    this.becameWriter(target);
    await this.order(from, { kind: "follow" }, PROMOTE_MS).catch((error: unknown) =>
      this.note(from, "ledger", `does not follow: ${String(error)}`),
    );
  }

  private becameWriter(region: string): void {
    // Members follow from here on; the move itself is over when the old writer follows too.
    this.plane = { ...this.plane, writer: moved(this.plane).writer };
    this.seen.set(region, { role: "writer", streaming: false, position: "0" });
    this.astray.clear();
  }

  /** Waits until the reader has the log up to there. */
  private async received(region: string, position: string): Promise<void> {
    const deadline = performance.now() + CATCH_UP_MS;
    while (BigInt((await this.look(region)).position) < BigInt(position)) {
      if (performance.now() > deadline) throw new Error(`${region} did not receive all that was written`);
      await pause(50);
    }
  }

  private region(name: string): ControlledRegion {
    const found = this.options.regions.find(({ region }) => region === name);
    if (found === undefined) throw new Error(`no region ${name}`);
    return found;
  }

  private async order<T>(region: string, command: Command, timeoutMs: number): Promise<T> {
    return await this.region(region).command<T>(command, timeoutMs);
  }

  private async look(region: string): Promise<DatabaseStatus> {
    return await this.order<DatabaseStatus>(region, { kind: "status" }, STATUS_MS).catch(() => UNKNOWN);
  }

  private async lookOn(): Promise<void> {
    while (!this.closed) {
      await Promise.all(
        this.options.regions.map(async (one) => {
          const status = one.state() === "running" ? await this.look(one.region) : UNKNOWN;
          // While a member is being moved or rebuilt, its orders tell what it is.
          if (!this.closed) this.seen.set(one.region, status);
        }),
      );
      if (this.plane.status === "available") for (const { region } of this.options.regions) this.keepInOrder(region);
      await pause(LOOK_MS);
    }
  }

  /** Every member but the writer is made its reader, as soon as both can be reached. A server that ended by itself is started again. */
  private keepInOrder(region: string): void {
    const { role, streaming } = this.seen.get(region) ?? UNKNOWN;
    const reachable = (name: string): boolean => this.region(name).state() === "running" && !this.options.isCut(name);
    const down = role === "down" && !this.heldDown.has(region) && this.region(region).state() === "running";
    const follows = role === "reader" && streaming;
    const writerThere = this.seen.get(this.plane.writer)?.role === "writer" && reachable(this.plane.writer);
    const strays = region !== this.plane.writer && !follows && role !== "down" && reachable(region) && writerThere;
    if (this.busy.has(region) || !(down || strays)) {
      this.astray.delete(region);
      return;
    }
    if (role === "absent") return this.rebuild(region, "it has no copy yet");
    const now = performance.now();
    let known = this.astray.get(region);
    if (known?.role !== role) {
      known = { role, since: now };
      this.astray.set(region, known);
      if (role === "writer") this.note(region, "stale copy", "the old writer can be reached again and still takes writes");
    }
    const waited = now - known.since;
    if (down && waited >= RESTART_MS) this.undertake(region, { kind: "start-database" }, "restart", "its server had ended by itself");
    else if (role === "writer" && waited >= (this.options.rebuildDelayMs ?? REBUILD_DELAY_MS))
      this.rebuild(region, "the old writer is rebuilt as a reader; what it alone had is gone");
    else if (role === "reader" && waited >= DIVERGED_MS) this.rebuild(region, "it does not follow the writer");
  }

  private rebuild(region: string, why: string): void {
    this.undertake(region, { kind: "seed" }, "rebuild", why);
  }

  /** Has a member put in order; what fails is tried again, because the member stays as it was. */
  private undertake(region: string, command: Command, event: string, why: string): void {
    this.busy.add(region);
    this.astray.delete(region);
    this.note(region, event, why);
    void this.order(region, command, SEED_MS)
      .then(
        () => this.note(region, event, "done"),
        (error: unknown) =>
          this.note(region, event, `not done, will be tried again: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => {
        this.busy.delete(region);
      });
  }

  private note(region: string, event: string, detail: string): void {
    this.options.onEvent?.({ region, event, detail });
  }
}
