import type { RegionHandle } from "../types";
import type { AwsView, ExecutionView, LeaseView } from "./aws";
import type { PlatformNames } from "./names";
import type { Timeline } from "./timeline";
import type { LedgerView, LedgerWatch } from "./watch-ledger";

export interface RegionView {
  readonly region: string;
  readonly site: RegionHandle["site"];
  readonly process: ReturnType<RegionHandle["state"]>;
  readonly ledger: LedgerView | undefined;
  /** Replication lag of a reader, milliseconds; 0 when it has all that the writer wrote. */
  readonly lagMs: number | undefined;
  readonly queue: { readonly waiting: number; readonly inFlight: number } | undefined;
}

export interface Snapshot {
  readonly lease: LeaseView | undefined;
  readonly regions: readonly RegionView[];
  /** Accepted and unsettled trades in the journal. */
  readonly pending: number | undefined;
  readonly dns: string | undefined;
  readonly checks: readonly { readonly name: string; readonly healthy: boolean }[];
}

/** The name service as the observer sees it. */
export interface NameView {
  readonly region: () => string | undefined;
  readonly checks: () => readonly { readonly name: string; readonly healthy: boolean }[];
}

export interface Watched {
  readonly handle: RegionHandle;
  readonly aws: AwsView;
  readonly ledger: LedgerWatch;
}

const PERIOD_MS = 1000;

/**
 * Looks at the lab once a second from outside: the lease through either region's table, the ledgers by SQL, queues and executions by their APIs.
 * Only regions that run are asked, and an answer that does not come is an unknown, not an error.
 */
export class Observer {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private latest: Snapshot = { lease: undefined, regions: [], pending: undefined, dns: undefined, checks: [] };
  private readonly executions = new Map<string, { status: string; states: number }>();
  private rounds = 0;
  private timeline: Timeline | undefined;

  constructor(
    private readonly watched: readonly Watched[],
    private readonly names: PlatformNames,
    private readonly name: NameView,
    private readonly onSnapshot: (snapshot: Snapshot) => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, PERIOD_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.looking;
  }

  /** Changes go to this timeline from now on. */
  reportTo(timeline: Timeline | undefined): void {
    this.timeline = timeline;
  }

  snapshot(): Snapshot {
    return this.latest;
  }

  /** A fresh look. */
  async now(): Promise<Snapshot> {
    while (this.looking !== undefined) await this.looking;
    this.looking = this.look().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
    return this.latest;
  }

  private async look(): Promise<void> {
    this.rounds += 1;
    const countPending = this.rounds % 2 === 1;
    const [lease, pending, regions] = await Promise.all([
      this.first((aws) => aws.lease(this.names.leaseTable)),
      countPending ? this.first((aws) => aws.pending(this.names.journalTable)) : this.latest.pending,
      Promise.all(this.watched.map((one) => this.region(one))),
      this.lookAtExecutions(),
    ]);
    const before = this.latest;
    this.latest = { lease: lease ?? before.lease, pending, regions: withLag(regions), dns: this.name.region(), checks: this.name.checks() };
    this.tell(before, this.latest);
    this.onSnapshot(this.latest);
  }

  /** The first answer of a running region, the latest holder's neighbour first: it outlives what happens to the holder. */
  private async first<T>(ask: (aws: AwsView) => Promise<T>): Promise<T | undefined> {
    const holder = this.latest.lease?.holder;
    const order = [...this.watched].sort((a, b) => Number(a.handle.region === holder) - Number(b.handle.region === holder));
    for (const { handle, aws } of order) {
      if (handle.state() !== "running") continue;
      try {
        return await ask(aws);
      } catch {
        // the next region may answer
      }
    }
    return undefined;
  }

  private async region({ handle, aws, ledger }: Watched): Promise<RegionView> {
    const process = handle.state();
    const base = { region: handle.region, site: handle.site, process, lagMs: undefined };
    if (process !== "running") return { ...base, ledger: undefined, queue: undefined };
    const [view, queue] = await Promise.all([
      ledger.view(),
      aws.queueDepth(this.names.queues.get(handle.region) ?? "").catch(() => undefined),
    ]);
    return { ...base, ledger: view, queue };
  }

  private async lookAtExecutions(): Promise<void> {
    await Promise.all(
      this.watched.map(async ({ handle, aws }) => {
        if (handle.state() !== "running") return;
        for (const { kind, arn } of this.names.machines.get(handle.region) ?? []) {
          if (kind === "readiness") continue;
          const found = await aws.executions(arn).catch((): ExecutionView[] => []);
          for (const execution of found) await this.followExecution(handle.region, kind, aws, execution).catch(() => undefined);
        }
      }),
    );
  }

  private async followExecution(region: string, kind: string, aws: AwsView, { arn, name, status }: ExecutionView): Promise<void> {
    const known = this.executions.get(arn) ?? { status: "", states: 0 };
    if (known.status === status && status !== "RUNNING") return;
    const states = await aws.statesEntered(arn);
    if (known.status === "") this.timeline?.note(region, kind, `execution ${name} started`);
    for (const state of states.slice(known.states)) this.timeline?.note(region, kind, `${name}: ${state}`);
    if (status !== "RUNNING" && known.status !== status) {
      const { error, output } = await aws.execution(arn);
      this.timeline?.note(region, kind, `execution ${name} ${status}${error === "" ? "" : ` (${error})`} ${output}`.trim());
    }
    this.executions.set(arn, { status, states: states.length });
  }

  private tell(before: Snapshot, now: Snapshot): void {
    const { timeline } = this;
    if (timeline === undefined) return;
    if (before.lease !== undefined && now.lease !== undefined && before.lease.epoch !== now.lease.epoch) {
      timeline.note(now.lease.holder, "lease", `${now.lease.holder} holds the lease, epoch ${now.lease.epoch}`);
    }
    for (const region of now.regions) {
      const old = before.regions.find((one) => one.region === region.region);
      if (region.ledger === undefined || old === undefined) continue;
      const was = this.lastKnown.get(region.region);
      this.lastKnown.set(region.region, region.ledger);
      if (was === undefined) continue;
      if (was.role !== region.ledger.role)
        timeline.note(
          region.region,
          "ledger",
          region.ledger.role === "writer" ? "the copy takes writes: promoted" : "the copy follows the writer: rebuilt as a reader",
        );
      if (was.fence !== region.ledger.fence && region.ledger.role === "writer")
        timeline.note(region.region, "fence", `the ledger's fence stands at epoch ${region.ledger.fence ?? "?"}`);
    }
  }

  private readonly lastKnown = new Map<string, LedgerView>();
}

/** A reader that has replayed everything the writer wrote has no lag, however old the last transaction is. */
function withLag(regions: readonly RegionView[]): RegionView[] {
  const writer = regions.find(({ ledger }) => ledger?.role === "writer")?.ledger;
  return regions.map((region) => {
    const { ledger } = region;
    if (ledger?.role !== "reader") return region;
    const caughtUp = writer !== undefined && BigInt(ledger.position) >= BigInt(writer.position);
    return { ...region, lagMs: caughtUp ? 0 : ledger.behindMs };
  });
}
