import { join } from "node:path";
import { check, missing } from "./check";
import { Crowd } from "./clients";
import { judge } from "../report/judge";
import type { TradeRecord } from "./record";
import type { ScenarioReport } from "../report/model";
import type { Scenario } from "./scenario";
import type { Refusals } from "./refusals";
import { byPlace } from "./places";
import { DrillStage, Interrupted } from "./stage";
import type { PlannedTrade } from "./stream";
import { type Terminal, countsByRegion } from "./terminal";
import { Timeline } from "./timeline";
import type { LabWorld } from "./world";

export interface RunOptions {
  readonly world: LabWorld;
  readonly terminal: Terminal;
  readonly clients: number;
  /** Folder for the clients' books. */
  readonly recordsFolder: string;
  readonly planOf: (scenario: Scenario) => { readonly plan: readonly PlannedTrade[]; readonly streamMs: number };
  readonly refusals: Refusals;
  readonly signal: AbortSignal;
}

/** Plays scenarios one after the other on one lab. The books span all of them: a later scenario must not harm what an earlier one settled. */
export class DrillRun {
  private readonly earlier: TradeRecord[] = [];
  private readonly reported = new Set<string>();

  constructor(private readonly options: RunOptions) {}

  async play(scenario: Scenario): Promise<ScenarioReport> {
    const { world, terminal, clients, recordsFolder, planOf, signal } = this.options;
    terminal.step(`\n── ${scenario.name}: ${scenario.summary}`);
    const { active, passive, epoch } = await world.steady(signal);
    const { plan, streamMs } = planOf(scenario);
    const timeline = new Timeline((event) => terminal.event(event));
    const crowd = new Crowd({ scenario: scenario.name, clients, face: world.face(), folder: join(recordsFolder, scenario.name) });
    const stage = new DrillStage(world, crowd, timeline, { active, passive, epoch, streamMs }, signal);
    let broken: string | undefined;
    timeline.begin();
    crowd.start(plan);
    timeline.note(
      active.region,
      "stream",
      `${plan.length} trades from ${clients} clients over ${(streamMs / 1000).toFixed(0)} s; ${active.region} is active, epoch ${epoch}`,
    );
    world.reportTo(timeline, (snapshot) => {
      stage.saw(snapshot);
      terminal.snapshot(`${scenario.name} ${(crowd.elapsed() / 1000).toFixed(0)} s`, snapshot, countsByRegion(crowd.records()));
    });
    try {
      await scenario.play(stage);
    } catch (error) {
      if (error instanceof Interrupted || signal.aborted) throw error;
      broken = error instanceof Error ? error.message : String(error);
      timeline.note("world", "broken", broken);
    } finally {
      crowd.stop();
      world.reportTo(undefined, () => undefined);
    }
    terminal.erase();
    return await this.assess(scenario, crowd, stage, timeline, broken);
  }

  private async assess(
    scenario: Scenario,
    crowd: Crowd,
    stage: DrillStage,
    timeline: Timeline,
    broken: string | undefined,
  ): Promise<ScenarioReport> {
    const records = crowd.records();
    const { world } = this.options;
    const everything = [...this.earlier, ...records];
    const looked = await world.activeLedgerRows();
    const absent = missing(everything, looked);
    const unsettled = await world.unsettled(absent);
    // What was settled between the two looks is in the ledger now.
    const ledger = absent.length === 0 ? looked : await world.activeLedgerRows();
    const all = check(everything, ledger, unsettled);
    this.earlier.push(...records);
    // What an earlier scenario has been charged with is not charged again.
    const fresh = <F extends { key: string; detail: string }>(kind: string, findings: readonly F[]): F[] =>
      findings.filter(({ key }) => {
        const seen = this.reported.has(`${kind} ${key}`);
        this.reported.add(`${kind} ${key}`);
        return !seen;
      });
    const checked = {
      accepted: all.accepted,
      lost: fresh("lost", all.lost),
      pending: fresh("pending", all.pending),
      duplicated: fresh("duplicated", all.duplicated),
      positions: fresh("positions", all.positions),
      unanswered: fresh("unanswered", all.unanswered),
    };
    const judgement = judge({
      records,
      checked,
      ledger,
      beganAt: crowd.beganAt,
      timeline: timeline.events(),
      samples: stage.samples,
      regions: this.options.world.regions.map(({ region }) => region),
      active: stage.active.region,
      faultMs: stage.faultMs,
      epoch: stage.epoch,
      backlogEmptyMs: stage.backlogEmptyMs,
      expects: scenario.expects,
      acceptanceGoalMs: stage.acceptanceGoalMs,
      forbidden: stage.forbidden,
      lostSessions: stage.lostSessions,
      broken,
      refused: this.options.refusals.take(),
      withoutEffect: stage.withoutEffect,
    });
    for (const line of byPlace(records)) timeline.note("world", "clients", line);
    timeline.note(
      "world",
      "checked",
      `${ledger.trades.length} rows of the ledger compared with the clients' records: ${judgement.verdict}`,
    );
    return { name: scenario.name, fault: scenario.fault, ...judgement, timeline: timeline.events() };
  }
}
