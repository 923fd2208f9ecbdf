import { expect } from "chai";
import { compare, judgeLedger, type LedgerFacts, type SiteFacts, type Thing } from "../../handlers/core/parity";
import { NotInSync, runParity, type ParityPorts, type ParityReport, type SiteReader } from "../../handlers/core/parity-run";
import { VirtualClock } from "../support/memory/clock";
import { silentLog } from "../support/memory/effects";

const OWN = "us-east-1";
const PEER = "us-east-2";
const expected = { regions: [OWN, PEER] as const, maxLagMs: 5_000, schemaVersion: 3 };

const thing = (name: string, settings: Record<string, string>, unready?: string): Thing => ({ name, settings, unready });
const facts = (region: string, changes: Partial<SiteFacts> = {}): SiteFacts => ({
  region,
  functions: { value: [thing("sentinel", { "code SHA-256": "abc" }), thing("control", { "code SHA-256": "def" })] },
  queues: { value: [thing("trades", { VisibilityTimeout: "180" })] },
  tables: { value: [thing("trade-lease", { consistency: "STRONG" })] },
  clusters: { value: [thing("ledger", { engine: "aurora-postgresql 16.8" })] },
  secrets: { value: [thing("ledger", { "current version": "v1" })] },
  quotas: { value: [thing("Lambda", { "concurrent executions": "1000" })] },
  parameters: { value: [thing("limits", { value: "1" })] },
  health: { value: undefined },
  ...changes,
});
const details = (found: readonly { readonly detail: string }[]): string[] => found.map(({ detail }) => detail);

const ledger = (changes: Partial<LedgerFacts> = {}): LedgerFacts => ({
  role: "reader",
  status: "available",
  globalStatus: "available",
  members: [
    { region: OWN, role: "reader", synchronized: true },
    { region: PEER, role: "writer", synchronized: true },
  ],
  lagMs: 300,
  ...changes,
});

describe("parity: comparing two regions", () => {
  it("finds nothing where nothing differs, whatever the order", () => {
    const turned = { value: [...(facts(PEER).functions as { value: readonly Thing[] }).value].reverse() };
    expect(compare(facts(OWN), facts(PEER, { functions: turned }))).to.deep.equal([]);
  });

  it("names other code, another setting, and what is missing on either side", () => {
    const found = compare(
      facts(OWN, { queues: { value: [thing("trades", { VisibilityTimeout: "180", DelaySeconds: "5" })] } }),
      facts(PEER, {
        functions: { value: [thing("sentinel", { "code SHA-256": "xyz" }), thing("old", {})] },
        parameters: { value: [] },
      }),
    );
    expect(details(found)).to.deep.equal([
      "sentinel: code SHA-256 is abc in us-east-1 and xyz in us-east-2",
      "control is in us-east-1 and not in us-east-2",
      "old is in us-east-2 and not in us-east-1",
      "trades: DelaySeconds is 5 in us-east-1 and absent in us-east-2",
      "limits is in us-east-1 and not in us-east-2",
    ]);
    expect(found.some(({ settling }) => settling)).to.equal(false);
  });

  it("names an engine, a recovery, a secret or a quota that is not the other region's", () => {
    const found = compare(
      facts(OWN),
      facts(PEER, {
        tables: { value: [thing("trade-lease", { consistency: "STRONG", "point-in-time recovery": "DISABLED" })] },
        clusters: { value: [thing("ledger", { engine: "aurora-postgresql 16.11" })] },
        secrets: { value: [thing("ledger", { "current version": "v2" })] },
        quotas: { value: [thing("Lambda", { "concurrent executions": "10" })] },
      }),
    );
    expect(details(found)).to.deep.equal([
      "trade-lease: point-in-time recovery is absent in us-east-1 and DISABLED in us-east-2",
      "ledger: engine is aurora-postgresql 16.8 in us-east-1 and aurora-postgresql 16.11 in us-east-2",
      "ledger: current version is v1 in us-east-1 and v2 in us-east-2",
      "Lambda: concurrent executions is 1000 in us-east-1 and 10 in us-east-2",
    ]);
    expect([...new Set(found.map(({ area }) => area))]).to.deep.equal(["tables", "clusters", "secrets", "quotas"]);
  });

  it("tells what is still being made, and what can't be read, from what differs", () => {
    const found = compare(
      facts(OWN, { tables: { value: [thing("trade-lease", { consistency: "STRONG" }, "the replica in us-east-2 is CREATING")] } }),
      facts(PEER, { queues: { problem: "TimeoutError: no answer" }, health: { value: "HTTP 503" } }),
    );
    expect(details(found)).to.deep.equal([
      "us-east-2 can't be read: TimeoutError: no answer",
      "trade-lease in us-east-1: the replica in us-east-2 is CREATING",
      "us-east-2 is not ready: HTTP 503",
    ]);
    expect(found.every(({ settling }) => settling)).to.equal(true);
  });
});

describe("parity: the ledger", () => {
  const judged = (changes: Partial<LedgerFacts>): string[] => details(judgeLedger({ value: ledger(changes) }, expected));

  it("is in order as a reader that keeps up, and as a writer with this code's schema", () => {
    expect(judged({})).to.deep.equal([]);
    const members: LedgerFacts["members"] = [
      { region: OWN, role: "writer", synchronized: true },
      { region: PEER, role: "reader", synchronized: true },
    ];
    expect(judged({ role: "writer", lagMs: undefined, schemaVersion: 3, members })).to.deep.equal([]);
    expect(judged({ role: "writer", schemaVersion: 2, members })).to.deep.equal(["the ledger in us-east-1 is at version 2, the code at 3"]);
    expect(judged({ role: "writer", members })).to.deep.equal(["the ledger in us-east-1 is at version none, the code at 3"]);
  });

  it("is not with a lag that is too high or unknown, a copy that is cut off or missing, two writers, or a move under way", () => {
    expect(judged({ lagMs: 5_001 })).to.deep.equal(["of the copy in us-east-1 is 5001 ms; allowed: 5000 ms"]);
    expect(judged({ lagMs: undefined })).to.deep.equal(["of the copy in us-east-1 is not known yet"]);
    expect(judged({ globalStatus: "switching-over" })).to.deep.equal(["the global cluster is switching-over"]);
    expect(judged({ members: [{ region: PEER, role: "writer", synchronized: true }] })).to.deep.equal([
      "us-east-1 has no member of the global cluster",
    ]);
    expect(
      judged({
        members: [
          { region: OWN, role: "writer", synchronized: true },
          { region: PEER, role: "writer", synchronized: false },
        ],
      }),
    ).to.deep.equal(["the copy in us-east-2 is not connected to the writer", "the global cluster has 2 writers"]);
    expect(details(judgeLedger({ problem: "AccessDenied: no" }, expected))).to.deep.equal(["can't be read in us-east-1: AccessDenied: no"]);
  });
});

describe("parity: the run", () => {
  const site = (region: string, changes: Partial<SiteReader> = {}): SiteReader => ({
    region,
    functions: async () => [thing("sentinel", { "code SHA-256": "abc" })],
    queues: async () => [],
    tables: async () => [],
    clusters: async () => [],
    secrets: async () => [],
    quotas: async () => [],
    parameters: async () => [],
    health: async () => undefined,
    ...changes,
  });
  const run = async (
    patience: { settlingMs: number; differingMs: number },
    changes: Partial<ParityPorts> = {},
  ): Promise<{ report: ParityReport; tookMs: number }> => {
    const clock = new VirtualClock();
    const ports = { own: site(OWN), peer: site(PEER), ledger: async () => ledger(), clock, log: silentLog, ...changes };
    const report = await clock.finish(runParity(patience, expected, ports));
    return { report, tookMs: clock.monotonic() };
  };
  const LONG = { settlingMs: 840_000, differingMs: 90_000 };

  it("waits for replicas that are being made, and no longer than it must", async () => {
    let looks = 0;
    const tables = async (): Promise<Thing[]> => [
      thing("trade-journal", {}, ++looks < 30 ? "there is no replica in us-east-1" : undefined),
    ];
    const own = site(OWN, { tables: async () => [thing("trade-journal", {})] });
    const { report, tookMs } = await run(LONG, { own, peer: site(PEER, { tables }) });
    expect(report.inSync).to.equal(true);
    expect(report.areas.every(({ inSync }) => inSync)).to.equal(true);
    expect(tookMs).to.be.within(240_000, 290_000);
  });

  it("gives up in its time, with all that is left", async () => {
    const { report, tookMs } = await run(LONG, { ledger: async () => ledger({ lagMs: undefined }) });
    expect(details(report.differences)).to.deep.equal(["of the copy in us-east-1 is not known yet"]);
    expect(report.areas.filter(({ inSync }) => !inSync)).to.deep.equal([{ area: "replication lag", inSync: false }]);
    expect(tookMs).to.be.within(820_000, 840_000);
  });

  it("does not wait long for what no time settles", async () => {
    const peer = site(PEER, { functions: async () => [thing("sentinel", { "code SHA-256": "xyz" })] });
    const { report, tookMs } = await run(LONG, { peer });
    expect(report.inSync).to.equal(false);
    expect(tookMs).to.be.within(60_000, 90_000);
  });

  it("looks once when it is asked for a look", async () => {
    const peer = site(PEER, { health: async () => "it does not answer" });
    const { report, tookMs } = await run({ settlingMs: 0, differingMs: 90_000 }, { peer });
    expect(tookMs).to.equal(0);
    expect(report).to.include({ region: OWN, peerRegion: PEER, inSync: false });
  });

  it("makes a region that can't be read a difference and not a crash", async () => {
    const down = async (): Promise<never> => Promise.reject(new Error("no answer"));
    const peer = site(PEER, {
      functions: down,
      queues: down,
      tables: down,
      clusters: down,
      secrets: down,
      parameters: down,
      quotas: down,
      health: down,
    });
    const { report } = await run({ settlingMs: 0, differingMs: 0 }, { peer, ledger: down });
    expect(report.differences).to.have.length(9);
    expect(new NotInSync(report).message).to.match(
      /^us-east-1 and us-east-2 are not in sync, 9 differences:\n- functions: us-east-2 can't be read: Error: no answer\n/,
    );
  });
});
