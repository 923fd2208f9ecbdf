import { expect } from "chai";
import { judgeTimes, unrest, type Sight } from "../../simulation/checkers/liveness";
import { Findings } from "../../simulation/checkers/record";
import { Safety } from "../../simulation/checkers/safety";
import { STRANGER, TRADERS } from "../../simulation/traffic/callers";
import type { Item, Row, SentTrade } from "../../simulation/kernel/history";

const trade: SentTrade = { key: "order-1", accountId: "alpha", symbol: "KO", side: "buy", quantity: 10, price: "1.5" };
const entry: Item = {
  ...trade,
  tradeId: "t1",
  idempotencyKey: "order-1",
  caller: TRADERS.role,
  status: "ACCEPTED",
  acceptedAt: "2026-01-15T12:00:00.000Z",
};
const row: Row = {
  tradeId: "t1",
  accountId: "alpha",
  symbol: "KO",
  side: "buy",
  quantity: 10,
  price: "1.5",
  settledEpoch: 1,
  outcome: "EXECUTED",
};
const position = new Map([["alpha/KO", [10n, 150_000n] as const]]);
const lease: Item = { leaseId: "ledger", holder: "east", epoch: 1, renewals: 0 };

function setUp() {
  const clock = { now: 0 };
  const findings = new Findings(() => clock.now);
  const safety = new Safety(["east", "west"], "east", findings, () => clock.now, { leaseLengthMs: 15_000 });
  const rules = (): string[] => findings.all.map(({ rule }) => rule);
  const accept = (): void => {
    safety.tableWritten("trade-journal", "t1", undefined, entry);
    safety.told({ kind: "smart", trade, dueAt: 0, at: 10, tradeId: "t1", acceptedAt: String(entry.acceptedAt) });
  };
  const commit = (region: string, change: Partial<Row> = {}, fence = 1) =>
    safety.committed({ region, fence, raisedFence: false, rows: [{ ...row, ...change }], positions: position });
  return { clock, findings, safety, rules, accept, commit };
}

describe("the safety checker", () => {
  it("has nothing to say about a trade that is accepted, settled, marked, announced and audited once", () => {
    const { safety, rules, accept, commit } = setUp();
    accept();
    commit("east");
    safety.tableWritten("trade-journal", "t1", entry, { ...entry, status: "SETTLED", settledEpoch: 1 });
    safety.announced("t1", "EXECUTED");
    safety.audited("t1");
    safety.atRest(new Map([["t1", row]]), position);
    expect(rules()).to.deep.equal([]);
  });

  const wrong: [string, (world: ReturnType<typeof setUp>) => void][] = [
    ["accepted trade is durable", ({ safety }) => safety.told({ kind: "dns", trade, dueAt: 0, at: 1, tradeId: "t1", acceptedAt: "x" })],
    ["one answer a key", ({ safety, accept }) => (accept(), safety.answeredAgain("order-1", "t1", "later"))],
    ["one body a key", ({ safety }) => safety.tookOtherBody("order-1")],
    [
      "one trade a key",
      ({ safety, accept }) => (accept(), safety.tableWritten("trade-journal", "t2", undefined, { ...entry, tradeId: "t2" })),
    ],
    [
      "nobody trades for another",
      ({ safety }) => safety.tableWritten("trade-journal", "t1", undefined, { ...entry, caller: STRANGER.role }),
    ],
    ["the journal forgets nothing", ({ safety }) => safety.tableWritten("trade-journal", "t1", entry, undefined)],
    ["the journal's trades never change", ({ safety }) => safety.tableWritten("trade-journal", "t1", entry, { ...entry, quantity: 11 })],
    [
      "epochs of marks only rise",
      ({ safety }) => safety.tableWritten("trade-journal", "t1", { ...entry, settledEpoch: 2 }, { ...entry, settledEpoch: 1 }),
    ],
    ["none settled twice", ({ accept, commit }) => (accept(), commit("east"), commit("east"))],
    ["only accepted trades settle", ({ commit }) => commit("east")],
    ["settled as accepted", ({ accept, commit }) => (accept(), commit("east", { quantity: 11 }))],
    ["only an epoch's holder writes", ({ accept, commit }) => (accept(), commit("west"))],
    ["the fence stands before each settlement", ({ accept, commit }) => (accept(), commit("east", {}, 2))],
    ["positions equal the trades", ({ accept, commit }) => (accept(), commit("east", { quantity: 10, side: "sell" }))],
    ["no put is begun for a request that was answered", ({ safety }) => safety.sentLate("trade-intake", "Put")],
    ["epochs rise one by one", ({ safety }) => safety.tableWritten("trade-lease", "ledger", lease, { ...lease, epoch: 3 })],
    ["one holder an epoch", ({ safety }) => safety.tableWritten("trade-lease", "ledger", lease, { ...lease, holder: "west" })],
    [
      "no automatic failback, no flapping",
      ({ safety, clock }) => {
        clock.now = 5_000;
        safety.tableWritten("trade-lease", "ledger", lease, { ...lease, holder: "west", epoch: 2 });
      },
    ],
    [
      "one ungraceful move a quarter of an hour, unless the holder dies",
      ({ safety, clock }) => {
        safety.fault(0, true, ["east"]);
        for (const epoch of [1, 2]) {
          clock.now += 20_000;
          const [from, to] = epoch === 1 ? ["east", "west"] : ["west", "east"];
          safety.tableWritten("trade-lease", "ledger", { ...lease, holder: from, epoch }, { ...lease, holder: to, epoch: epoch + 1 });
        }
      },
    ],
    [
      "nobody takes the lease while unfit",
      ({ safety, clock }) => {
        safety.fit("west", false);
        clock.now = 30_000;
        safety.tableWritten("trade-lease", "ledger", lease, { ...lease, holder: "west", epoch: 2 });
      },
    ],
    ["only accepted trades are announced", ({ safety }) => safety.placed("t2")],
    ["outcomes never flip", ({ safety, accept }) => (accept(), safety.announced("t1", "FAILED"), safety.announced("t1", "EXECUTED"))],
    ["nothing in the ledger that the journal does not have", ({ safety }) => safety.atRest(new Map([["t1", row]]), position)],
    ["no accepted trade is lost", ({ safety, accept }) => (accept(), safety.atRest(new Map(), new Map()))],
    [
      "every settled trade is marked",
      ({ safety, accept }) => (
        accept(),
        safety.announced("t1", "EXECUTED"),
        safety.audited("t1"),
        safety.atRest(new Map([["t1", row]]), position)
      ),
    ],
    ["positions equal the journal's", ({ safety }) => safety.atRest(new Map(), position)],
  ];
  for (const [rule, happens] of wrong) {
    it(`notices: ${rule}`, () => {
      const world = setUp();
      happens(world);
      expect(world.rules()).to.include(rule);
    });
  }

  it("knows whose turn it is: a bare request is there still when another has named the epoch", () => {
    const { safety, rules } = setUp();
    safety.started("switchover", "west", "operator", undefined);
    safety.started("failover", "west", "operator", 1);
    safety.tableWritten("trade-lease", "ledger", lease, { ...lease, holder: "west", epoch: 2 });
    safety.started("failover", "east", "operator", 2);
    safety.tableWritten("trade-lease", "ledger", { ...lease, holder: "west", epoch: 2 }, { ...lease, epoch: 3 });
    safety.tableWritten("trade-lease", "ledger", { ...lease, epoch: 3 }, { ...lease, holder: "west", epoch: 4 });
    expect(rules()).to.deep.equal([]);
  });

  it("lets a holder lose the lease that it has just taken if it dies itself, and one that a person has given it", () => {
    const back: Item = { ...lease, epoch: 3 };
    for (const [west, epoch] of [
      [["west"], 1],
      [[], 2],
    ] as const) {
      const { safety, clock, rules } = setUp();
      safety.fault(0, true, west);
      if (epoch === 2) safety.started("failover", "west", "operator", 1);
      clock.now += 20_000;
      safety.tableWritten("trade-lease", "ledger", lease, { ...lease, holder: "west", epoch: 2 });
      clock.now += 20_000;
      safety.tableWritten("trade-lease", "ledger", { ...lease, holder: "west", epoch: 2 }, back);
      expect(rules(), String(epoch)).to.deep.equal([]);
    }
  });

  it("lets a person, a silent holder and one that asks for it lose the lease", () => {
    const taken: Item = { ...lease, holder: "west", epoch: 2 };
    const person = setUp();
    person.safety.started("switchover", "west", "operator", 1);
    person.safety.tableWritten("trade-lease", "ledger", lease, taken);
    const silent = setUp();
    silent.clock.now = 16_000;
    silent.safety.tableWritten("trade-lease", "ledger", lease, taken);
    const asks = setUp();
    asks.safety.tableWritten("trade-lease", "ledger", { ...lease, resignedEpoch: 1 }, taken);
    expect([...person.rules(), ...silent.rules(), ...asks.rules()]).to.deep.equal([]);
  });
});

describe("the liveness checker", () => {
  const calm: Sight = {
    now: 100_000,
    waitingTraders: 0,
    unsettled: 0,
    queued: 0,
    deadLetters: 0,
    runningMoves: 0,
    holder: "east",
    epoch: 2,
    renewedAt: 95_000,
    databaseStatus: "available",
    writer: "east",
    writers: ["east"],
    fence: 2,
    resyncing: false,
    alarms: [],
  };

  it("finds peace in a system at rest", () => expect(unrest(calm, 15_000)).to.deep.equal([]));

  const restless: Partial<Sight>[] = [
    { waitingTraders: 1 },
    { unsettled: 1 },
    { queued: 1 },
    { deadLetters: 1 },
    { runningMoves: 1 },
    { renewedAt: 80_000 },
    { databaseStatus: "failing-over" },
    { writer: "west" },
    { writers: ["east", "west"] },
    { fence: 1 },
    { resyncing: true },
    { alarms: ["east queueAge"] },
  ];
  for (const change of restless) {
    it(`finds none with ${JSON.stringify(change)}`, () => expect(unrest({ ...calm, ...change }, 15_000)).to.have.length(1));
  }

  it("holds each kind of client to its time", () => {
    const findings = new Findings(() => 0);
    const told = { trade, dueAt: 0, tradeId: "t1", acceptedAt: "" };
    judgeTimes([{ ...told, kind: "smart", at: 10_001 }], findings);
    judgeTimes([{ ...told, kind: "dns", at: 60_001 }], findings);
    judgeTimes([{ ...told, kind: "stubborn-dns", at: 500_000 }], findings);
    expect(findings.all).to.have.length(2);
  });
});
