import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, tradeIdOf } from "../../../lab/drill/check";
import { type Evidence, judge } from "../../../lab/report/judge";
import type { TradeRecord } from "../../../lab/drill/record";
import { writeReport } from "../../../lab/report/write";
import { provenance } from "../../../lab/report/provenance";
import { type Sample, type ScenarioReport, verdictOf } from "../../../lab/report/model";
import { summary } from "../../../lab/report/summary";
import { Terminal, countsByRegion, table } from "../../../lab/drill/terminal";
import { BEGAN, evidence, sample, TIMELINE } from "../../support/drill-evidence";

const scenario = (change: Partial<Evidence> = {}): ScenarioReport => ({
  name: "crash",
  fault: "killed <b>",
  timeline: TIMELINE,
  ...judge(evidence(change)),
});

const late = (atMs: number): TradeRecord[] =>
  evidence().records.map((record) => ({ ...record, accepted: { ...(record.accepted as NonNullable<TradeRecord["accepted"]>), atMs } }));

const DENIED = "is not authorized to perform: rds-data:ExecuteStatement with an explicit deny in a service control policy";

describe("judgement", () => {
  it("gives the figures of the contract", () => {
    const judged = judge(evidence());
    expect(judged.passed, JSON.stringify(judged.goals)).to.be.true;
    expect(judged.rto).to.include({ acceptanceMs: 3000, smartClientMs: 20, settlementMs: 2500 });
    // accepted at 4020, 5020, 6000+… before the lease moved at 7000, settled by epoch 2
    expect(judged.rpo).to.deep.equal({ accepted: 20, lost: 0, pending: 0, duplicated: 0, replayed: 2 });
  });

  const failing: [string, Partial<Evidence>, string][] = [
    ["a scenario that broke", { broken: "the region did not come back" }, "played"],
    ["a backlog that never emptied", { backlogEmptyMs: undefined }, "backlog"],
    [
      "a failover that ended without success",
      { timeline: [...TIMELINE, { atMs: 9000, region: "us-east-2", event: "failover", detail: "execution failover-2 FAILED (x)" }] },
      "moves",
    ],
    ["a lease that never moved", { samples: evidence().samples.slice(0, 7) }, "activity"],
    [
      "a fault before which a long wait began",
      {
        faultMs: 0,
        records: late(99_000),
      },
      "acceptance",
    ],
  ];
  const swung = (second: number): Sample => ({ ...sample(second), holder: second === 12 ? "us-east-1" : sample(second).holder });
  failing.push(
    ["an activity that swings back and forth", { samples: Array.from({ length: 22 }, (_, second) => swung(second)) }, "handOvers"],
    ["a move where there must be none", { expects: { moves: [0, 0] } }, "handOvers"],
    ["a 202 in a time in which it would be a lie", { forbidden: [{ fromMs: 9500, toMs: 12_000, region: undefined }] }, "kept"],
    [
      "a refusal that the fault does not explain",
      {
        expects: { moves: [1, 1], denied: ["rds-data:*"] },
        refused: [{ region: "us-east-1", what: "permission", message: `User: x ${DENIED.replace("rds-data", "sqs")}`, times: 1 }],
      },
      "refused",
    ],
  );
  for (const [what, change, goal] of failing) {
    it(`does not pass ${what}`, () => {
      const judged = judge(evidence(change));
      expect(judged.passed).to.be.false;
      expect(judged.goals[goal]?.met).to.be.false;
    });
  }

  const excused: [string, Partial<Evidence>][] = [
    [
      "a switchover that the fault makes fail",
      {
        expects: { moves: [1, 1], endings: ["FAILED"] },
        timeline: [...TIMELINE, { atMs: 9000, region: "us-east-2", event: "switchover", detail: "execution switchover-2 FAILED (x)" }],
      },
    ],
    [
      "refusals that are the fault",
      {
        expects: { moves: [1, 1], denied: ["rds-data:*"] },
        refused: [{ region: "us-east-1", what: "permission", message: `User: x ${DENIED}`, times: 1 }],
      },
    ],
    ["a 202 that another region gave", { forbidden: [{ fromMs: 9500, toMs: 12_000, region: "us-east-2" }] }],
    ["an answer that was under way when the time began", { forbidden: [{ fromMs: 10_010, toMs: 10_990, region: undefined }] }],
    ["a wait that the fault itself causes", { expects: { moves: [1, 1], longerMs: 100_000 }, faultMs: 0, records: late(99_000) }],
  ];
  for (const [what, change] of excused) {
    it(`passes ${what}`, () => {
      const judged = judge(evidence(change));
      expect(judged.passed, JSON.stringify(judged.goals)).to.be.true;
    });
  }

  describe("of trades that the journal still holds when the drill stops looking", () => {
    const [first] = evidence().records;
    const trades = evidence().ledger.trades.slice(1);
    const positions = [{ accountId: "a0", symbol: "ACME", quantity: "18", notional: "27.0000" }, ...evidence().ledger.positions.slice(1)];
    const ledger = { ...evidence().ledger, trades, positions };
    const checked = check(evidence().records, ledger, new Set([tradeIdOf({ caller: "trader", key: first?.key ?? "" })]));

    it("is that they are not lost, and that nothing is proven yet", () => {
      const judged = judge(evidence({ ledger, checked, backlogEmptyMs: undefined }));
      expect(judged.rpo).to.include({ lost: 0, pending: 1 });
      expect(checked.positions).to.deep.equal([]);
      expect([judged.passed, judged.verdict]).to.deep.equal([false, "INCONCLUSIVE"]);
    });

    it("does not hide what has failed besides", () => {
      const judged = judge(evidence({ ledger, checked, backlogEmptyMs: undefined, samples: evidence().samples.slice(0, 7) }));
      expect(judged.verdict).to.equal("FAILED");
    });
  });

  it("does not pass a lost trade", () => {
    const base = evidence();
    const ledger = { ...base.ledger, trades: base.ledger.trades.slice(1) };
    const judged = judge(evidence({ ledger, checked: check(base.records, ledger) }));
    expect(judged.goals.lost?.met).to.be.false;
    expect(judged.rpo.lost).to.equal(1);
    expect(judged.findings.some(({ kind, key }) => kind === "lost" && key === "k0")).to.be.true;
  });
});

it("counts a scenario's own trades, though those of earlier ones are checked again", () => {
  const { checked } = evidence();
  expect(judge(evidence({ checked: { ...checked, accepted: checked.accepted + 1200 } })).rpo.accepted).to.equal(20);
});

describe("the seconds of a recovery", () => {
  const partsOf = (change: Partial<Evidence> = {}) => judge(evidence(change)).rto.seconds;

  it("add up to the wait of the trade that waited longest, in the order of what it waited for", () => {
    expect(partsOf().acceptance).to.deep.equal([
      { name: "detection", ms: 1100 },
      { name: "decision", ms: 900 },
      { name: "cutover", ms: 1000 },
      { name: "client", ms: 1000 },
    ]);
  });

  it("go over the ledger for settlement", () => {
    expect(partsOf().settlement).to.deep.equal([
      { name: "detection", ms: 1100 },
      { name: "decision", ms: 900 },
      // The fence was seen at the next look only: settlement, which it lets through, was faster.
      { name: "fence", ms: 500 },
    ]);
  });

  it("leave out what nobody saw, and are none without a fault", () => {
    expect(partsOf({ timeline: [] }).acceptance[0]).to.deep.equal({ name: "decision", ms: 2000 });
    expect(partsOf({ faultMs: undefined }).acceptance).to.deep.equal([]);
  });
});

describe("the verdict", () => {
  it("is INCONCLUSIVE where the fault had no effect, whatever was met or missed", () => {
    for (const change of [{}, { backlogEmptyMs: undefined }]) {
      const judged = judge(evidence({ ...change, withoutEffect: "its address answered" }));
      expect(judged.verdict).to.equal("INCONCLUSIVE");
      expect(judged.passed).to.be.false;
      expect(judged.notMeasured.join()).to.include("its address answered");
    }
  });

  it("is FAILED for a lost trade, also where the fault had no effect", () => {
    const base = evidence();
    const ledger = { ...base.ledger, trades: base.ledger.trades.slice(1) };
    expect(judge(evidence({ ledger, checked: check(base.records, ledger), withoutEffect: "none" })).verdict).to.equal("FAILED");
  });

  it("of a run is its worst scenario's, and FAILED where there was none", () => {
    const of = (...verdicts: ScenarioReport["verdict"][]) => verdictOf(verdicts.map((verdict) => ({ verdict })));
    expect([of("PASSED"), of("PASSED", "INCONCLUSIVE"), of("INCONCLUSIVE", "FAILED"), of()]).to.deep.equal([
      "PASSED",
      "INCONCLUSIVE",
      "FAILED",
      "FAILED",
    ]);
  });
});

describe("report", () => {
  it("writes report.json by the contract, and a page that stands alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "report-"));
    try {
      const { json, html } = writeReport(folder, {
        schema: 2,
        ...provenance(BEGAN, { seed: 1 }),
        topology: "lambda",
        engine: "none",
        verdict: "PASSED",
        scenarios: [scenario()],
        simulated: ["a <thing>"],
      });
      const report = JSON.parse(readFileSync(json, "utf8")) as { scenarios: object[] };
      expect(report).to.include({ schema: 2, verdict: "PASSED", startedAt: new Date(BEGAN).toISOString() });
      expect(report).to.include.keys("runId", "commit", "versions", "machine", "options", "topology", "engine", "simulated");
      const [crash] = report.scenarios;
      expect(crash).to.include.keys("name", "fault", "verdict", "passed", "rto", "rpo", "goals", "timeline", "moments", "notMeasured");
      expect(crash).not.to.include.keys("samples");
      const page = readFileSync(html, "utf8");
      expect(page).to.include("killed &lt;b&gt;").and.include("SIGKILL &amp; co").and.include("a &lt;thing&gt;").and.include("<svg");
      expect(page).not.to.match(/<(script|img|link)[^>]* (src|href)=|@import|NaN|>undefined/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("says on the terminal what was missed", () => {
    expect(summary([scenario()]).at(-1)).to.equal("every goal was met");
    expect(summary([scenario({ backlogEmptyMs: undefined })]).join("\n"))
      .to.include("FAILED")
      .and.include("missed: the backlog is empty");
  });
});

describe("terminal", () => {
  const snapshot = {
    lease: { holder: "us-east-1", epoch: 3, renewals: 9 },
    pending: 4,
    dns: "us-east-1",
    checks: [],
    regions: [
      {
        region: "us-east-1",
        site: "primary" as const,
        process: "running" as const,
        ledger: { role: "writer" as const, fence: 3, settled: 7, position: "16", behindMs: undefined },
        lagMs: undefined,
        queue: { waiting: 2, inFlight: 1 },
      },
      { region: "us-east-2", site: "standby" as const, process: "killed" as const, ledger: undefined, lagMs: undefined, queue: undefined },
    ],
  };

  it("shows role, epoch, lag, queue, accepted, settled and errors of both regions", () => {
    const lines = table("crash 5 s", snapshot, countsByRegion(evidence().records));
    expect(lines).to.have.length(4);
    expect(lines[0]).to.include("unsettled 4").and.include("epoch 3");
    expect(lines[2]).to.match(/us-east-1 +primary +running +active +3 +writer +- +2\+1 +20 +7 +0/);
    expect(lines[3]).to.match(/us-east-2 +standby +killed +passive +\? +\? +\? +\? +0 +\? +0/);
  });

  it("draws the table over itself on a terminal, and writes a line every five seconds elsewhere", () => {
    const written: string[] = [];
    let now = 100_000;
    const out = { isTTY: true, columns: 200, write: (text: string) => written.push(text) };
    const live = new Terminal({ plain: false, quiet: false }, out, () => now);
    live.snapshot("t", snapshot, new Map());
    live.snapshot("t", snapshot, new Map());
    expect(written[1]).to.equal("\u001b[4A\u001b[0J");
    written.length = 0;
    const plain = new Terminal({ plain: true, quiet: false }, out, () => now);
    for (let second = 0; second < 10; second += 1, now += 1000) plain.snapshot("t", snapshot, new Map());
    expect(written).to.have.length(2);
    written.length = 0;
    const quiet = new Terminal({ plain: false, quiet: true }, out, () => now);
    quiet.step("a step");
    quiet.snapshot("t", snapshot, new Map());
    quiet.result("a result");
    expect(written).to.deep.equal(["a result\n"]);
  });
});
