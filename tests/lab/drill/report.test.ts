import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LedgerRows, check, tradeIdOf } from "../../../lab/drill/check";
import { type Evidence, judge } from "../../../lab/drill/judge";
import type { TradeRecord } from "../../../lab/drill/record";
import { writeReport } from "../../../lab/drill/report";
import type { ScenarioReport } from "../../../lab/drill/report-model";
import { summary } from "../../../lab/drill/summary";
import { Terminal, countsByRegion, table } from "../../../lab/drill/terminal";

const BEGAN = 1_900_000_000_000;

/** One trade a second from client 0 (DNS) and client 1 (client/), answered after `waits`. */
function evidence(change: Partial<Evidence> = {}): Evidence {
  const records: TradeRecord[] = Array.from({ length: 20 }, (_, index) => {
    const dueMs = index * 1000;
    const atMs = dueMs >= 5000 && dueMs < 8000 && index % 2 === 0 ? 9000 : dueMs + 20;
    const key = `k${index}`;
    return {
      scenario: "crash",
      client: index % 2,
      kind: index % 2 === 0 ? "dns" : "smart",
      key,
      order: { accountId: `a${index % 2}`, symbol: "ACME", side: "buy", quantity: 2, price: "1.5" },
      dueMs,
      tries: [{ startedMs: dueMs, endedMs: atMs, region: "us-east-1", status: 202, error: "" }],
      accepted: { atMs, tradeId: tradeIdOf(key), acceptedAt: "2030-01-01T00:00:00.000Z", acceptedRegion: "us-east-1" },
    };
  });
  const ledger: LedgerRows = {
    trades: records.map(({ key, order, dueMs, accepted }) => ({
      tradeId: tradeIdOf(key),
      accountId: order.accountId,
      symbol: "ACME",
      side: "buy",
      quantity: "2",
      price: "1.5000",
      outcome: "EXECUTED",
      settledEpoch: dueMs < 4000 ? 1 : 2,
      settledAt: BEGAN + Math.max(dueMs >= 4000 ? 7500 : 0, accepted?.atMs ?? 0),
    })),
    positions: ["a0", "a1"].map((accountId) => ({ accountId, symbol: "ACME", quantity: "20", notional: "30.0000" })),
    restrictions: [],
  };
  return {
    records,
    ledger,
    checked: check(records, ledger),
    beganAt: BEGAN,
    faultMs: 5000,
    leaseMovedMs: 7000,
    epoch: 1,
    backlogEmptyMs: 21_000,
    activityMoves: true,
    broken: undefined,
    ...change,
  };
}

const scenario = (change: Partial<Evidence> = {}): ScenarioReport => ({
  name: "crash",
  fault: "killed <b>",
  timeline: [{ atMs: 5000, region: "us-east-1", event: "fault", detail: "SIGKILL & co" }],
  ...judge(evidence(change)),
});

describe("judgement", () => {
  it("gives the figures of the contract", () => {
    const judged = judge(evidence());
    expect(judged.passed, JSON.stringify(judged.goals)).to.be.true;
    expect(judged.rto).to.deep.equal({ acceptanceMs: 3000, smartClientMs: 20, settlementMs: 2500 });
    // accepted at 4020, 5020, 6000+… before the lease moved at 7000, settled by epoch 2
    expect(judged.rpo).to.deep.equal({ accepted: 20, lost: 0, duplicated: 0, replayed: 2 });
  });

  const failing: [string, Partial<Evidence>, string][] = [
    ["a scenario that broke", { broken: "the region did not come back" }, "played"],
    ["a backlog that never emptied", { backlogEmptyMs: undefined }, "backlog"],
    ["a lease that never moved", { leaseMovedMs: undefined }, "activity"],
    [
      "a fault before which a long wait began",
      {
        faultMs: 0,
        records: evidence().records.map((record) => ({
          ...record,
          accepted: { ...(record.accepted as NonNullable<TradeRecord["accepted"]>), atMs: 99_000 },
        })),
      },
      "acceptance",
    ],
  ];
  for (const [what, change, goal] of failing) {
    it(`does not pass ${what}`, () => {
      const judged = judge(evidence(change));
      expect(judged.passed).to.be.false;
      expect(judged.goals[goal]?.met).to.be.false;
    });
  }

  it("does not pass a lost trade", () => {
    const base = evidence();
    const ledger = { ...base.ledger, trades: base.ledger.trades.slice(1) };
    const judged = judge(evidence({ ledger, checked: check(base.records, ledger) }));
    expect(judged.goals.lost?.met).to.be.false;
    expect(judged.rpo.lost).to.equal(1);
    expect(judged.findings.some(({ kind, key }) => kind === "lost" && key === "k0")).to.be.true;
  });
});

describe("report", () => {
  it("writes report.json with exactly the members of the contract, and a page that stands alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "report-"));
    try {
      const { json, html } = writeReport(folder, { schema: 1, topology: "lambda", scenarios: [scenario()], simulated: ["a <thing>"] });
      const report = JSON.parse(readFileSync(json, "utf8")) as { scenarios: object[] };
      expect(Object.keys(report)).to.deep.equal(["schema", "topology", "scenarios", "simulated"]);
      expect(Object.keys(report.scenarios[0] ?? {})).to.deep.equal(["name", "fault", "passed", "rto", "rpo", "goals", "timeline"]);
      const page = readFileSync(html, "utf8");
      expect(page).to.include("killed &lt;b&gt;").and.include("SIGKILL &amp; co").and.include("a &lt;thing&gt;").and.include("<svg");
      expect(page).not.to.match(/<script|src=|href=|NaN|undefined/);
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
    regions: [
      {
        region: "us-east-1",
        site: "primary" as const,
        process: "running" as const,
        ledger: { role: "writer" as const, fence: 3, settled: 7, lsn: "0/10", behindMs: undefined },
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
