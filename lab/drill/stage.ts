import type { RegionHandle } from "../types";
import { statusOf } from "./answers";
import type { Crowd } from "./clients";
import type { RegionView, Snapshot } from "./observe";
import { sampleOf } from "./sample";
import type { Forbidden } from "./expectations";
import type { Execution, Operator } from "./operator";
import type { Stage } from "./scenario";
import { situation } from "./situation";
import type { Sample } from "../report/model";
import type { Timeline } from "./timeline";
import type { Faults, LabWorld } from "./world";

const TAKEOVER_MS = 90_000;
/** A backlog that has not shrunk for this long will not be worked off; nor one that clients add to, for as long as the stack lets them wait. */
const DRAIN_MS = 90_000;
const LONGEST_DRAIN_MS = 900_000;
const HEAL_MS = 90_000;
const MACHINE_MS = 90_000;
/** A fault that shows no effect by then is none. */
const EFFECT_MS = 5_000;
const LOOK_MS = 100;

/** What a scenario begins with. */
export interface Beginning {
  readonly active: RegionHandle;
  readonly passive: RegionHandle;
  readonly epoch: number;
  readonly streamMs: number;
}

/** Thrown into a scenario when the drill is interrupted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The stage of one scenario: waits by looking at the lab, acts on its processes, and keeps the moments that figures count from. */
export class DrillStage implements Stage {
  faultMs: number | undefined;
  /** Sessions that clients had opened so shortly before a region died that no copy of them can have left it. */
  lostSessions = 0;
  backlogEmptyMs: number | undefined;
  /** Why the fault can't be said to have taken effect; undefined once it was seen to. */
  withoutEffect: string | undefined = "no fault was made";
  readonly samples: Sample[] = [];
  readonly forbidden: Forbidden[] = [];
  readonly active: RegionHandle;
  readonly passive: RegionHandle;
  readonly epoch: number;
  readonly acceptanceGoalMs: number;
  private readonly streamMs: number;

  constructor(
    private readonly world: LabWorld,
    private readonly crowd: Crowd,
    private readonly timeline: Timeline,
    beginning: Beginning,
    private readonly signal: AbortSignal,
  ) {
    this.active = beginning.active;
    this.passive = beginning.passive;
    this.epoch = beginning.epoch;
    this.streamMs = beginning.streamMs;
    this.acceptanceGoalMs = world.settings.rto.budgetSeconds * 1_000;
  }

  /** Told of every look at the lab. */
  saw(snapshot: Snapshot): void {
    this.samples.push(sampleOf(snapshot, Math.round(this.crowd.elapsed())));
  }

  async streamReached(share: number): Promise<void> {
    await this.pause(Math.max(0, share * this.streamMs - this.crowd.elapsed()));
  }

  async sinceFault(ms: number): Promise<void> {
    await this.pause(Math.max(0, (this.faultMs ?? this.crowd.elapsed()) + ms - this.crowd.elapsed()));
  }

  fault(detail: string, where = this.active.region): void {
    this.faultMs = this.crowd.elapsed();
    this.note(where, "fault", detail);
    this.withoutEffect = "nobody looked whether it took effect";
  }

  async confirm(what: string, holds: () => Promise<boolean> | boolean, withinMs = EFFECT_MS): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!(await this.orStop(Promise.resolve(holds())))) {
      if (performance.now() > deadline) {
        this.withoutEffect = `${what}: not so after ${withinMs / 1000} s`;
        return this.note("world", "no effect", this.withoutEffect);
      }
      await this.pause(200);
    }
    this.withoutEffect = undefined;
  }

  async crash(region: RegionHandle): Promise<void> {
    if (this.world.settings.sessions.required) {
      this.lostSessions = await this.orStop(this.crowd.openSessions(region.region));
      this.note(region.region, "sessions", `${this.lostSessions} clients open a session in the moment before the region dies`);
    }
    await region.kill();
    this.fault("SIGKILL to every process of the region", region.region);
    await this.confirm("the region's address is silent", async () => !(await this.answers(region)));
  }

  async answers(region: RegionHandle): Promise<boolean> {
    return (await this.orStop(statusOf(`${region.endpoint}/health`))) !== undefined;
  }

  async ready(region: RegionHandle): Promise<boolean> {
    return (await this.orStop(statusOf(`${region.endpoint}/health/ready`))) === 200;
  }

  async holder(): Promise<string | undefined> {
    return (await this.orStop(this.world.observer.now())).lease?.holder;
  }

  async databaseAnswers(region: RegionHandle): Promise<boolean> {
    return await this.orStop(this.world.databaseAnswers(region));
  }

  async asked(region: RegionHandle): Promise<{ readonly status: number | undefined; readonly ms: number }> {
    const began = performance.now();
    const status = await this.orStop(statusOf(`${region.endpoint}/health`));
    return { status, ms: performance.now() - began };
  }

  lagMs(region: RegionHandle): number {
    return this.seen(region)?.lagMs ?? Infinity;
  }

  pendingTrades(): number | undefined {
    return this.world.observer.snapshot().pending;
  }

  waiting(): number {
    return this.crowd.waiting();
  }

  queued(region: RegionHandle): number | undefined {
    const queue = this.seen(region)?.queue;
    return queue && queue.waiting + queue.inFlight;
  }

  private seen({ region }: RegionHandle): RegionView | undefined {
    return this.world.observer.snapshot().regions.find((one) => one.region === region);
  }

  note(region: string, event: string, detail: string): void {
    this.timeline.note(region, event, detail);
  }

  async until(what: string, holds: (snapshot: Snapshot) => boolean, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!holds(this.world.observer.snapshot())) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${timeoutMs / 1000} s (${situation(this.world.observer.snapshot())})`);
      await this.pause(200);
    }
  }

  async activated(region: RegionHandle, timeoutMs = TAKEOVER_MS): Promise<void> {
    await this.until(
      `${region.region} becomes active`,
      ({ lease, regions }) => {
        const ledger = regions.find((one) => one.region === region.region)?.ledger;
        return lease?.holder === region.region && ledger?.role === "writer" && ledger.fence === lease.epoch;
      },
      timeoutMs,
    );
  }

  async answeredAndSettled(): Promise<void> {
    const left = Math.max(0, this.streamMs - this.crowd.elapsed());
    this.backlogEmptyMs = undefined;
    await this.orStop(this.crowd.drained(left));
    const unanswered = await this.emptied(() => this.crowd.outstanding());
    if (unanswered !== 0) return this.note("world", "clients", `${unanswered ?? "unknown"} trades are still without an answer`);
    const pending = await this.emptied(() => this.world.pending());
    if (pending !== 0) return this.note("world", "backlog", `${pending ?? "unknown"} trades are still unsettled`);
    this.backlogEmptyMs = this.crowd.elapsed();
    this.note("world", "backlog", "every trade is answered, nothing is unsettled");
  }

  /** Counts until nothing is left, or nothing has got less for too long; answers what is left. What is on its way is waited for, however much it is. */
  private async emptied(count: () => Promise<number | undefined> | number): Promise<number | undefined> {
    const end = performance.now() + LONGEST_DRAIN_MS;
    let least = Infinity;
    let since = performance.now();
    for (;;) {
      const left = await count();
      const now = performance.now();
      if (left !== undefined && left < least) {
        least = left;
        since = now;
      }
      if (left === 0 || now - since > Math.max(DRAIN_MS, this.acceptanceGoalMs) || now > end) return left;
      await this.pause(500);
    }
  }

  async heal(region: RegionHandle): Promise<void> {
    this.note(region.region, "heal", "the region is started again from what its disks kept");
    await this.orStop(this.world.restart(region));
    await this.followsWriter(region);
  }

  async followsWriter(region: RegionHandle): Promise<void> {
    await this.until(
      `${region.region}'s ledger follows the writer`,
      ({ regions }) => {
        const view = regions.find((one) => one.region === region.region);
        return view?.ledger?.role === "reader" && view.lagMs !== undefined && view.lagMs < 5000;
      },
      HEAL_MS,
    );
  }

  async copyFollows(): Promise<void> {
    const holder = await this.holder();
    for (const region of [this.active, this.passive]) if (region.region !== holder) await this.followsWriter(region);
  }

  async switchOverTo(region: RegionHandle): Promise<void> {
    const end = await this.orStop((await this.begin("switchover", region)).ended(MACHINE_MS));
    if (end.status !== "SUCCEEDED") throw new Error(`switchover to ${region.region} ended ${end.status}: ${end.detail}`);
    await this.activated(region);
  }

  async begin(
    kind: "failover" | "switchover",
    region: RegionHandle,
    under?: { readonly epoch: number; readonly name: string },
  ): Promise<Execution> {
    const { lease } = await this.orStop(this.world.observer.now());
    if (lease === undefined) throw new Error("the lease can't be read");
    return await this.operator.start({ kind, region, epoch: lease.epoch, ...under });
  }

  async begun(kind: "failover" | "switchover", region: RegionHandle): Promise<Execution> {
    const deadline = performance.now() + TAKEOVER_MS;
    for (;;) {
      const found = await this.orStop(this.operator.running(kind, region));
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`no ${kind} was started in ${region.region} within ${TAKEOVER_MS / 1000} s`);
      await this.pause(LOOK_MS);
    }
  }

  async ends(execution: Execution, expected: string): Promise<void> {
    const { status, detail } = await this.orStop(execution.ended(MACHINE_MS));
    if (status !== expected) throw new Error(`the execution ended ${status} instead of ${expected}: ${detail}`);
  }

  async enters(execution: Execution, state: string): Promise<void> {
    const deadline = performance.now() + MACHINE_MS;
    while (!(await this.orStop(execution.entered())).includes(state)) {
      const { status, detail } = await this.orStop(execution.look());
      if (status !== "RUNNING" || performance.now() > deadline)
        throw new Error(`the execution did not come to ${state}: ${status} ${detail}`);
      await this.pause(LOOK_MS);
    }
  }

  forbidAcceptance(region?: RegionHandle): () => void {
    const fromMs = this.crowd.elapsed();
    return () => void this.forbidden.push({ fromMs, toMs: this.crowd.elapsed(), region: region?.region });
  }

  get faults(): Faults {
    return this.world.faults;
  }

  get operator(): Operator {
    return this.world.operator;
  }

  async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.orStop(slept);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the work or for the interruption, whichever comes first. */
  private async orStop<T>(work: Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new Interrupted("interrupted"));
      this.signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      this.signal.removeEventListener("abort", stop);
    }
  }
}
