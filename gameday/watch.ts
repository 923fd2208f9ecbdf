import type { Platform } from "../operate/platform";
import type { Stack } from "../operate/stack";
import type { Timeline } from "../lab/drill/timeline";
import type { Sample } from "../lab/report/model";

const PERIOD_MS = 2_000;

/**
 * Looks at a deployed stack while clients trade, by an operator's calls: who holds the lease, which copy of the ledger is the writer, how far the other
 * is behind, where the name leads, and what the machines do. What does not answer is unknown.
 */
export class StackWatch {
  readonly samples: Sample[] = [];
  private readonly known = new Map<string, { status: string; step: number }>();
  private running = true;
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly stack: Stack,
    private readonly platform: Platform,
    private readonly timeline: Timeline,
    private readonly nameLeadsTo: () => Promise<string | undefined>,
  ) {}

  /** What has run already is no part of what is watched. */
  async begin(): Promise<void> {
    await this.followMoves(true);
    this.done = this.look();
  }

  async end(): Promise<void> {
    this.running = false;
    await this.done;
  }

  latest(): Sample | undefined {
    return this.samples.at(-1);
  }

  private async look(): Promise<void> {
    while (this.running) {
      const next = performance.now() + PERIOD_MS;
      await Promise.all([this.sample(), this.followMoves(false)]);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
  }

  private async sample(): Promise<void> {
    const { platform } = this;
    const regions = this.stack.sites.map(({ region }) => region);
    const first = async <T>(ask: (region: string) => Promise<T>): Promise<T | undefined> =>
      (await Promise.all(regions.map((region) => ask(region).catch(() => undefined)))).find((answer) => answer !== undefined);
    const [lease, database, name, lags] = await Promise.all([
      first((region) => platform.lease(region)),
      first((region) => platform.database(region)),
      this.nameLeadsTo().catch(() => undefined),
      Promise.all(regions.map((region) => platform.lagMs(region).catch(() => undefined))),
    ]);
    const before = this.latest();
    const role = (region: string): "writer" | "reader" | undefined => {
      const member = database?.members.find((one) => one.region === region);
      return member && (member.writer ? "writer" : "reader");
    };
    if (lease !== undefined && before?.epoch !== undefined && lease.epoch !== before.epoch)
      this.timeline.note(lease.holder, "lease", `${lease.holder} holds the lease, epoch ${lease.epoch}`);
    this.samples.push({
      atMs: Math.round(this.timeline.elapsed()),
      holder: lease?.holder ?? before?.holder,
      epoch: lease?.epoch ?? before?.epoch,
      pending: undefined,
      name,
      checks: [],
      regions: regions.map((region, index) => ({
        region,
        process: "deployed",
        ledger: role(region),
        fence: undefined,
        lagMs: role(region) === "reader" ? lags[index] : undefined,
        queue: undefined,
      })),
    });
  }

  private async followMoves(silently: boolean): Promise<void> {
    const { platform, timeline } = this;
    for (const { region } of this.stack.sites) {
      const moves = await platform.moves(region).catch(() => []);
      for (const { name, arn, status } of moves) {
        const known = this.known.get(arn);
        if (silently && status !== "RUNNING") this.known.set(arn, { status, step: Number.MAX_SAFE_INTEGER });
        if (silently || (known !== undefined && known.status === status && status !== "RUNNING")) continue;
        const kind = name.startsWith("switchover") ? "switchover" : "failover";
        if (known === undefined) timeline.note(region, kind, `execution ${name} started`);
        const steps = await platform.steps(region, arn, known?.step ?? 0).catch(() => []);
        for (const step of steps) timeline.note(region, kind, `${name}: ${step.name}`);
        if (status !== "RUNNING" && known?.status !== status) {
          const { detail } = await platform.outcome(region, arn).catch(() => ({ detail: "" }));
          timeline.note(region, kind, `execution ${name} ${status} ${detail}`.trim());
        }
        this.known.set(arn, { status, step: steps.at(-1)?.id ?? known?.step ?? 0 });
      }
    }
  }
}
