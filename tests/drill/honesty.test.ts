/** Does the drill tell the truth about a system that is broken, and about a fault that was none? On real regions, one after the other. */
import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { tradeIdOf } from "../../lab/drill/check";
import { labStack } from "../../lab/drill/lab-stack";
import { machinesAt } from "../../lab/drill/machines";
import { PORT_SPAN } from "../../lab/drill/options";
import { Refusals } from "../../lab/drill/refusals";
import { DrillRun } from "../../lab/drill/run";
import type { Scenario } from "../../lab/drill/scenario";
import { generated } from "../../lab/drill/stream";
import { Terminal } from "../../lab/drill/terminal";
import { LabWorld } from "../../lab/drill/world";
import { LEDGER_ACCESS } from "../../lab/region/config";
import type { ScenarioReport } from "../../lab/report/model";
import { provenance } from "../../lab/report/provenance";
import { writeReport } from "../../lab/report/write";
import { bundleHandlers } from "../../scripts/lib/bundle";
import { claimFreePorts } from "../../lab/setup/ports";

const SECONDS = 12;
const words = { summary: "", fault: "", expected: "", byDefault: false, expects: { moves: [0, 0] } } as const;

/** The system loses an accepted and settled trade: its row is taken out of the ledger behind everybody's back. */
const sabotage = (taken: string[]): Scenario => ({
  ...words,
  name: "sabotage",
  async play(stage) {
    await stage.streamReached(0.2);
    stage.fault("a row of the ledger is about to vanish");
    await stage.answeredAndSettled();
    const client = new Client({
      host: "127.0.0.1",
      port: stage.active.ledgerPort,
      ...LEDGER_ACCESS,
    });
    await client.connect();
    const { rows } = await client.query<{ trade_id: string }>(
      "delete from trades where trade_id = (select trade_id from trades where account_id like 'honest-sabotage-%' limit 1) returning trade_id",
    );
    await client.end();
    taken.push(...rows.map(({ trade_id }) => trade_id));
    await stage.confirm("a row is gone", () => taken.length === 1);
  },
});

/** Somebody meant to break the region, and nothing happened to it. */
const harmless: Scenario = {
  ...words,
  name: "harmless",
  async play(stage) {
    await stage.streamReached(0.2);
    stage.fault("the region should be dead now");
    await stage.confirm("the region's address is silent", async () => !(await stage.answers(stage.active)));
    await stage.answeredAndSettled();
  },
};

describe("a drill that is not as it should be", function () {
  this.timeout(400_000);
  let folder: string;
  let world: LabWorld;
  let run: DrillRun;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "drill-honesty-"));
    const ports = await claimFreePorts(PORT_SPAN);
    await bundleHandlers();
    const refusals = new Refusals(() => undefined);
    const machines = machinesAt({
      engine: "aurora-postgresql",
      regions: { primary: "us-east-1", standby: "us-east-2" },
      basePort: ports.base,
      onStep: () => undefined,
      onEvent: () => undefined,
      onRefused: (refusal) => refusals.add(refusal),
    });
    world = await LabWorld.build({ machines, stack: labStack("dev"), onStep: () => undefined });
    run = new DrillRun({
      world,
      terminal: new Terminal({ plain: true, quiet: true }),
      clients: 4,
      recordsFolder: join(folder, "records"),
      planOf: ({ name }) => ({ plan: generated({ run: "honest", scenario: name, clients: 4 }, SECONDS, 5, 1), streamMs: SECONDS * 1000 }),
      refusals,
      signal: new AbortController().signal,
    });
  });
  after(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pageOf = (report: ScenarioReport): string => {
    const { html } = writeReport(folder, {
      schema: 2,
      ...provenance(0, {}),
      topology: "lambda",
      engine: "PostgreSQL",
      verdict: report.verdict,
      scenarios: [report],
      simulated: [],
    });
    return readFileSync(html, "utf8");
  };

  it("proves nothing where the fault did nothing", async () => {
    const report = await run.play(harmless);
    expect(report.verdict, JSON.stringify(report.goals)).to.equal("INCONCLUSIVE");
    expect(report.notMeasured.join()).to.include("the region's address is silent");
    expect(pageOf(report)).to.include('<span class="INCONCLUSIVE">INCONCLUSIVE</span>');
  });

  it("fails where a trade was lost, and names it", async () => {
    const taken: string[] = [];
    const report = await run.play(sabotage(taken));
    expect(report.verdict).to.equal("FAILED");
    expect(report.rpo.lost).to.equal(1);
    const [lost] = report.findings.filter(({ kind }) => kind === "lost");
    expect(tradeIdOf({ caller: world.face().caller, key: lost?.key ?? "" })).to.equal(taken[0]);
    expect(pageOf(report)).to.match(new RegExp(`<th scope="row">${lost?.key}</th>.*<span class="bad">lost: accepted by`));
  });
});
