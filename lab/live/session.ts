import { EventEmitter } from "node:events";
import { sampleOf } from "../drill/sample";
import { Timeline } from "../drill/timeline";
import type { LabWorld } from "../drill/world";
import type { LabEvent, RegionHandle } from "../types";
import { AlarmBoard } from "./alarms";
import type { ActionName, Order } from "./actions";
import type { News } from "./news";
import { TradeStream } from "./stream";

const MOVE_MS = 180_000;
const ACCOUNT_MS = 240_000;
const SLOW_MS = 3_000;
/** Every call of the ledger's API. */
const LEDGER = ["rds-data:*"];

/** One lab that people play with: does what they ask, and tells each second what is to be seen. */
export class LiveSession {
  readonly news = new EventEmitter<{ news: [News] }>();
  private readonly stream: TradeStream;
  private readonly alarms: AlarmBoard;
  private readonly timeline = new Timeline((event) => {
    this.untold.push(event);
    this.alarms.heard(event);
  });
  private untold: LabEvent[] = [];
  private readonly cut = new Set<string>();
  private readonly deadDatabases = new Set<string>();

  constructor(
    private readonly world: LabWorld,
    folder: string,
  ) {
    this.alarms = new AlarmBoard(world.settings);
    this.stream = new TradeStream(world.face(), folder);
    this.timeline.begin();
    world.reportTo(this.timeline, (snapshot) => {
      const regions = this.regions();
      const records = this.stream.records();
      this.news.emit("news", {
        sample: sampleOf(snapshot, Math.round(this.timeline.elapsed())),
        rate: this.stream.rate,
        requests: this.stream.fresh(regions),
        totals: {
          accepted: records.filter(({ accepted }) => accepted !== undefined).length,
          unanswered: records.filter(({ accepted, rejected }) => accepted === undefined && rejected === undefined).length,
        },
        events: this.untold.splice(0),
        alarms: this.alarms.look(snapshot, this.timeline.elapsed()),
      });
    });
  }

  regions(): string[] {
    return this.world.regions.map(({ region }) => region);
  }

  /** Begins what was ordered. What takes long goes on by itself; how it ends is an event. */
  do(order: Order): void {
    if (order.action === "rate") {
      this.stream.setRate(order.rate);
      return this.timeline.note("world", "stream", order.rate === 0 ? "the stream is stopped" : `${order.rate} trades a second`);
    }
    const region = this.world.regions.find((one) => one.region === order.region);
    const where = region?.region ?? "world";
    this.timeline.note(where, "asked", order.action);
    this.act(order.action, region).then(
      (told) => {
        if (told !== undefined) this.timeline.note(where, "done", told);
      },
      (error: unknown) => this.timeline.note(where, "failed", `${order.action}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  close(): void {
    this.stream.stop();
    this.world.reportTo(undefined, () => undefined);
  }

  private async act(action: ActionName, region: RegionHandle | undefined): Promise<string | undefined> {
    const { world } = this;
    if (action === "stop-witness") return void (await world.faults.stopWitness());
    if (action === "start-witness") return void (await world.faults.startWitness());
    if (action === "check") {
      const rows = () => world.activeLedgerRows();
      return await this.stream.account(() => world.pending(), rows, ACCOUNT_MS);
    }
    if (region === undefined) throw new Error("no region was named");
    switch (action) {
      case "kill":
        return void (await region.kill());
      case "hang":
        return void (await region.freeze());
      case "cut":
        this.cut.add(region.region);
        return void (await world.faults.setLinks(region, "cut"));
      case "kill-database":
        this.deadDatabases.add(region.region);
        return void (await world.faults.killDatabase(region));
      case "heal":
        return await this.heal(region);
      case "slow":
        return void (await world.faults.disturb(region, { failing: 0, delayMs: SLOW_MS }));
      case "deny":
        return void (await world.faults.deny(region, LEDGER));
      case "failover":
      case "switchover":
        return await this.move(action, region);
    }
  }

  private async heal(region: RegionHandle): Promise<string> {
    const { world } = this;
    if (region.state() === "frozen") await region.thaw();
    if (region.state() === "killed") await world.restart(region);
    if (this.cut.delete(region.region)) await world.faults.setLinks(region, "whole");
    if (this.deadDatabases.delete(region.region)) await world.faults.startDatabase(region);
    await world.faults.disturb(region, { failing: 0, delayMs: 0 });
    await world.faults.deny(region, []);
    return "healed";
  }

  private async move(kind: "failover" | "switchover", region: RegionHandle): Promise<string> {
    const { lease } = await this.world.observer.now();
    if (lease === undefined) throw new Error("the lease can't be read");
    const execution = await this.world.operator.start({ kind, region, epoch: lease.epoch });
    const { status, detail } = await execution.ended(MOVE_MS);
    return `${kind} ended ${status} ${detail}`.trim();
  }
}
