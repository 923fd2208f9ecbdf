import { expect } from "chai";
import { secureChain } from "../../handlers/core/chain";
import type { Trade } from "../../handlers/core/model";
import { parseMessages } from "../../handlers/core/messages";
import { reconcile, type ReconciliationScope } from "../../handlers/core/reconciliation";
import { settleBatch, type SettlementPorts } from "../../handlers/core/settlement";
import { VirtualClock } from "../support/memory/clock";
import { MemoryChainStore } from "../support/memory/chain-store";
import { MemoryEffects, MemoryQueues, noMetrics, silentLog } from "../support/memory/effects";
import { Gate } from "../support/memory/faults";
import { MemoryJournal } from "../support/memory/journal";
import { MemoryLeaseStore } from "../support/memory/lease-store";
import { MemoryLedger } from "../support/memory/ledger";
import { sha256 } from "../../handlers/adapters/hashing";

function trade(n: number, accountId = "acc"): Trade {
  return {
    tradeId: sha256(`trade:${n}`).slice(0, 32),
    idempotencyKey: `key-${n}`,
    accountId,
    symbol: "AMZN",
    side: "buy",
    quantity: n,
    price: "1.5",
    acceptedAt: new Date(Date.parse("2030-01-01T00:00:00.000Z") + n).toISOString(),
    acceptedRegion: "east",
  };
}

async function setUp(trades: readonly Trade[] = [], holder = "east") {
  const clock = new VirtualClock();
  const journal = new MemoryJournal();
  for (const each of trades) await journal.accept({ ...each, fingerprint: "f", status: "ACCEPTED" });
  // The holder raised the fence; where that is the other region, replication has brought the row here.
  const raisedBy = new MemoryLedger(holder);
  await raisedBy.raiseFence(1);
  const ledger = new MemoryLedger("east");
  ledger.copyFrom(raisedBy);
  const queues = new MemoryQueues();
  const effects = new MemoryEffects();
  const ports = {
    lease: new MemoryLeaseStore({ holder, epoch: 1, renewals: 0 }),
    chain: new MemoryChainStore(),
    ledger,
    journal,
    queue: queues.port("east"),
    audit: effects.audit,
    sessions: effects.touch,
    events: effects.events,
    clock,
    log: silentLog,
    metrics: noMetrics,
    region: "east",
  } satisfies SettlementPorts;
  return { clock, journal, ledger, queues, effects, ports };
}

const ids = (trades: readonly Trade[]): string[] => trades.map((each) => each.tradeId);
const SCOPE: ReconciliationScope = { minimumAgeMs: 0, doubtOpenMs: 0, pendingPages: Infinity, deadline: Infinity };

describe("settling a batch", () => {
  it("settles, audits, announces, and marks last", async () => {
    const trades = [trade(1), trade(2), trade(1)];
    const { ports, journal, effects, ledger } = await setUp(trades);
    const { settled, retry } = await settleBatch(trades, ports);
    expect(ids(settled as unknown as Trade[])).to.have.members(ids([trade(1), trade(2)]));
    expect(retry).to.deep.equal([]);
    expect(journal.entries.get(trade(1).tradeId)).to.include({ status: "SETTLED", outcome: "EXECUTED", settledEpoch: 1 });
    expect(effects.announced).to.have.members(effects.audited);
    expect(ledger.positions.get("acc/AMZN")).to.equal(3n);
    expect(effects.sessions.get("acc")).to.equal(trade(2).tradeId);
  });

  it("settles a restricted trade as FAILED, with its reason, and moves no position", async () => {
    const { ports, ledger, journal } = await setUp([trade(1)]);
    ledger.restricted = () => "account is closed";
    await settleBatch([trade(1)], ports);
    expect(journal.entries.get(trade(1).tradeId)).to.include({ outcome: "FAILED", reason: "account is closed" });
    expect(ledger.positions.size).to.equal(0);
  });

  it("hands a fenced batch to the holder's queue", async () => {
    const { ports, queues, ledger } = await setUp([trade(1)], "west");
    ports.lease.lease = { holder: "west", epoch: 2, renewals: 0 };
    expect(await settleBatch([trade(1)], ports)).to.deep.equal({ settled: [], retry: [] });
    expect(queues.of("west")).to.deep.equal([trade(1)]);
    expect(ledger.rows.size).to.equal(0);
  });

  it("settles nothing under an epoch that another region holds, though a late promotion has brought the fence to that epoch", async () => {
    const { ports, queues, ledger } = await setUp([trade(1)], "west");
    expect(ledger.fence).to.equal(1);
    expect(await settleBatch([trade(1)], ports)).to.deep.equal({ settled: [], retry: [] });
    expect(queues.of("west")).to.deep.equal([trade(1)]);
    expect(ledger.rows.size).to.equal(0);
  });

  it("keeps the batch while its own promotion runs, and when the holder's queue can't be reached", async () => {
    const promoting = await setUp([trade(1)]);
    promoting.ledger.writer = false;
    expect((await settleBatch([trade(1)], promoting.ports)).retry).to.deep.equal(ids([trade(1)]));
    const cutOff = await setUp([trade(1)], "west");
    cutOff.ledger.writer = false;
    const queue = new Gate(["before"]).guard("queue", cutOff.ports.queue);
    expect((await settleBatch([trade(1)], { ...cutOff.ports, queue })).retry).to.deep.equal(ids([trade(1)]));
  });

  it("keeps the batch before there is a lease", async () => {
    const { ports } = await setUp([trade(1)]);
    ports.lease.lease = undefined;
    expect((await settleBatch([trade(1)], ports)).retry).to.deep.equal(ids([trade(1)]));
  });

  it("isolates the one trade that the database refuses", async () => {
    const trades = Array.from({ length: 9 }, (_, n) => trade(n + 1));
    const { ports, ledger } = await setUp(trades);
    ledger.poison.add(trade(4).tradeId);
    const { settled, retry } = await settleBatch(trades, ports);
    expect(retry).to.deep.equal(ids([trade(4)]));
    expect(settled).to.have.length(8);
    expect(ledger.rows.size).to.equal(8);
  });

  it("asks again for the trades that it could not mark, and for those only; their redelivery finishes them", async () => {
    const trades = [trade(1), trade(2), trade(3)];
    const { ports, journal, effects } = await setUp(trades);
    const { retry } = await settleBatch(trades, {
      ...ports,
      journal: new Gate(["none", "none", "before", "after"]).guard("journal", journal),
    });
    expect(retry).to.deep.equal(ids([trade(2), trade(3)]));
    expect((await settleBatch([trade(2), trade(3)], ports)).retry).to.deep.equal([]);
    expect([...journal.entries.values()].every((entry) => entry.status === "SETTLED")).to.equal(true);
    // The third was marked, only its answer was lost: nothing of it is said twice.
    expect(effects.announced.filter((id) => id === trade(3).tradeId)).to.have.length(1);
    expect(effects.announced.filter((id) => id === trade(2).tradeId)).to.have.length(2);
  });

  it("settles nothing while the journal can't be read", async () => {
    const { ports, journal, ledger } = await setUp([trade(1)]);
    const failed = await settleBatch([trade(1)], { ...ports, journal: new Gate(["before"]).guard("journal", journal) }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(Error);
    expect(ledger.rows.size).to.equal(0);
  });

  it("does not mark what it could not audit or announce", async () => {
    for (const broken of ["audit", "events"] as const) {
      const { ports, journal } = await setUp([trade(1)]);
      const faulty = { ...ports, [broken]: new Gate(["before"]).guard(broken, ports[broken]) };
      let failed = false;
      await settleBatch([trade(1)], faulty).catch(() => (failed = true));
      expect(failed, broken).to.equal(true);
      expect(journal.entries.get(trade(1).tradeId)?.status).to.equal("ACCEPTED");
    }
  });

  it("marks all but the trade that the bus did not take", async () => {
    const trades = [trade(1), trade(2), trade(3)];
    const { ports, journal } = await setUp(trades);
    const events = { settled: () => Promise.resolve({ refused: ids([trade(2)]), reason: "throttled" }) };
    expect((await settleBatch(trades, { ...ports, events })).retry).to.deep.equal(ids([trade(2)]));
    const marked = [...journal.entries.values()].filter(({ status }) => status === "SETTLED");
    expect(ids(marked)).to.have.members(ids([trade(1), trade(3)]));
    expect((await settleBatch([trade(2)], ports)).retry, "its redelivery finishes it").to.deep.equal([]);
    expect(journal.entries.get(trade(2).tradeId)?.status).to.equal("SETTLED");
  });

  it("settles the trades behind a part that fails, and fails all the same", async () => {
    const trades = Array.from({ length: 4 }, (_, n) => trade(n + 1));
    const { ports, ledger, journal } = await setUp(trades);
    ledger.poison.add(trade(4).tradeId);
    // The batch is halved because of the last trade; the audit record of the first half can't be written.
    const audit = new Gate(["before"]).guard("audit", ports.audit);
    const failed = await settleBatch(trades, { ...ports, audit }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(journal.entries.get(trade(3).tradeId)?.status).to.equal("SETTLED");
    expect((await settleBatch(trades, ports)).retry).to.deep.equal(ids([trade(4)]));
  });

  it("goes on without a session", async () => {
    const { ports, journal } = await setUp([trade(1)]);
    expect(
      (await settleBatch([trade(1)], { ...ports, sessions: new Gate(["before"]).guard("sessions", ports.sessions) })).retry,
    ).to.deep.equal([]);
    expect(journal.entries.get(trade(1).tradeId)?.status).to.equal("SETTLED");
  });

  it("settles what the journal holds, whatever the message says, and nothing that it does not hold", async () => {
    const { ports, ledger, effects } = await setUp([trade(1), trade(2)]);
    const forged = [{ ...trade(1), quantity: 1_000_000 }, trade(2), trade(9)];
    expect((await settleBatch(forged, ports)).retry).to.deep.equal(ids([trade(9)]));
    expect(ledger.positions.get("acc/AMZN")).to.equal(3n);
    expect([...effects.announced]).to.have.members(ids([trade(1), trade(2)]));
  });

  it("asks no ledger for what is settled and marked, unless the mark speaks of a history that was lost", async () => {
    const { ports, ledger, journal, effects } = await setUp([trade(1)]);
    await settleBatch([trade(1)], ports);
    const commits = ledger.history.length;
    expect((await settleBatch([trade(1)], ports)).retry).to.deep.equal([]);
    expect(ledger.history).to.have.length(commits);
    ledger.copyFrom(ledger, 1);
    expect(ledger.rows.size).to.equal(0);
    await secureChain(1, ports);
    expect((await settleBatch([trade(1)], ports)).retry).to.deep.equal([]);
    expect(ledger.rows.size).to.equal(1);
    expect(journal.entries.get(trade(1).tradeId)?.settledSeq).to.be.greaterThan(ports.chain.head?.base ?? Infinity);
    expect(effects.announced).to.have.length(2);
  });

  it("finds a lost tail by itself, and marks nothing that the ledger has lost", async () => {
    const { ports, ledger, journal } = await setUp([trade(1), trade(2)]);
    await settleBatch([trade(1)], ports);
    ledger.copyFrom(ledger, 1);
    expect((await settleBatch([trade(2)], ports)).retry).to.deep.equal([]);
    const mark = journal.entries.get(trade(1).tradeId)?.settledSeq ?? 0;
    expect(ports.chain.head?.doubt).to.deep.include({ from: 1, to: mark });
    expect(ports.chain.head?.base).to.be.greaterThan(mark);
  });

  it("lets no message go whose mark came after the history had begun anew", async () => {
    const { ports, ledger, journal } = await setUp([trade(1)]);
    const markSettled: typeof journal.markSettled = async (...args) => {
      ledger.copyFrom(ledger, 1);
      await secureChain(1, ports);
      return journal.markSettled(...args);
    };
    const late = Object.assign(Object.create(journal) as typeof journal, { markSettled });
    expect((await settleBatch([trade(1)], { ...ports, journal: late })).retry).to.deep.equal(ids([trade(1)]));
    expect((await settleBatch([trade(1)], ports)).retry).to.deep.equal([]);
    expect(ledger.rows.size).to.equal(1);
  });

  it("settles a huge batch in several transactions", async () => {
    const trades = Array.from({ length: 4_500 }, (_, n) => trade(n + 1));
    const { ports, ledger } = await setUp(trades);
    expect((await settleBatch(trades, ports)).settled).to.have.length(4_500);
    expect(ledger.history.length - 3, "beside the fence and the first link").to.equal(3);
  });
});

describe("messages from the queue", () => {
  it("fails what is no trade alone", () => {
    const good = JSON.stringify(trade(1));
    const bodies = [
      good,
      "{",
      "null",
      "[]",
      '"x"',
      JSON.stringify({ ...trade(1), quantity: -1 }),
      JSON.stringify({ ...trade(1), tradeId: undefined }),
      // None of intake's ids: it would be refused as part of the holder's queue's batch, and its neighbours with it.
      JSON.stringify({ ...trade(1), tradeId: "not an id" }),
      JSON.stringify({ ...trade(1), idempotencyKey: "" }),
      JSON.stringify({ ...trade(1), acceptedAt: "yesterday" }),
      JSON.stringify({ ...trade(1), acceptedRegion: {} }),
      // Nested deeper than what can be written out again.
      `{"accountId":${"[".repeat(120_000)}${"]".repeat(120_000)}}`,
    ];
    const { trades, poison } = parseMessages(bodies.map((body, n) => ({ messageId: `m${n}`, body })));
    expect([...trades]).to.deep.equal([["m0", trade(1)]]);
    expect(poison).to.deep.equal(bodies.map((_, n) => `m${n}`).slice(1));
  });
});

/** The trades were settled and marked, and a promotion has taken the ledger back to before that. */
async function lose(ports: SettlementPorts, ledger: MemoryLedger, journal: MemoryJournal, trades = [trade(1)]): Promise<void> {
  await secureChain(1, ports);
  const before = ledger.history.length;
  await settleBatch(trades, ports);
  ledger.copyFrom(ledger, ledger.history.length - before);
  for (const { tradeId } of trades) expect(journal.entries.get(tradeId)?.status).to.equal("SETTLED");
}

describe("reconciliation", () => {
  it("acts in the region that holds the lease, under the epoch it was started for, and nowhere else", async () => {
    const passive = await setUp([trade(1)], "west");
    expect(await reconcile(SCOPE, passive.ports)).to.deep.equal({ done: false, requeued: 0, replayed: 0, pending: 0 });
    const late = await setUp([trade(1)]);
    expect((await reconcile({ ...SCOPE, epoch: 7 }, late.ports)).done).to.equal(false);
    expect([...passive.queues.of("east"), ...late.queues.of("east")]).to.deep.equal([]);
  });

  it("waits, and floods no queue, until the ledger stands at the lease's epoch", async () => {
    const { ports, queues, ledger, clock } = await setUp([trade(1)]);
    clock.advance(1_000);
    ports.lease.lease = { holder: "east", epoch: 2, renewals: 0 };
    expect((await reconcile({ ...SCOPE, epoch: 2 }, ports)).done).to.equal(false);
    expect(queues.of("east")).to.deep.equal([]);
    await ledger.raiseFence(2);
    expect(await reconcile({ ...SCOPE, epoch: 2 }, ports)).to.deep.equal({ done: true, requeued: 1, replayed: 0, pending: 1 });
  });

  it("takes all pages as a step, and the first only in a pass of each minute", async () => {
    const trades = Array.from({ length: 8 }, (_, n) => trade(n));
    const step = await setUp(trades);
    step.clock.advance(60_000);
    expect(await reconcile(SCOPE, step.ports)).to.deep.include({ done: true, requeued: 8 });
    expect(new Set(ids(step.queues.of("east"))).size).to.equal(8);
    const pass = await setUp(trades);
    pass.clock.advance(60_000);
    expect(await reconcile({ ...SCOPE, pendingPages: 1 }, pass.ports)).to.deep.include({ done: false, requeued: 3 });
  });

  it("leaves young trades alone in a pass", async () => {
    const { ports, clock, queues } = await setUp([trade(1)]);
    clock.advance(9_000);
    await reconcile({ ...SCOPE, minimumAgeMs: 10_000 }, ports);
    expect(queues.of("east")).to.deep.equal([]);
    clock.advance(2_000);
    await reconcile({ ...SCOPE, minimumAgeMs: 10_000 }, ports);
    expect(queues.of("east")).to.have.length(1);
  });

  it("queues the trades behind one that the queue does not take, and is not done", async () => {
    const trades = Array.from({ length: 8 }, (_, n) => trade(n));
    const { ports, queues, clock } = await setUp(trades);
    clock.advance(60_000);
    const queue = new Gate(["before"]).guard("queue", ports.queue);
    expect(await reconcile(SCOPE, { ...ports, queue })).to.deep.equal({ done: false, requeued: 5, replayed: 0, pending: 8 });
    expect(queues.of("east")).to.have.length(5);
    expect((await reconcile(SCOPE, ports)).done).to.equal(true);
  });

  it("says that it is not done when what it has reopened can't be queued, and finds it again", async () => {
    const { ports, queues, ledger, journal, clock } = await setUp([trade(1)]);
    await lose(ports, ledger, journal);
    clock.advance(1_000);
    const queue = new Gate(["before", "before"]).guard("queue", ports.queue);
    expect(await reconcile(SCOPE, { ...ports, queue })).to.deep.include({ done: false, replayed: 1 });
    expect(await reconcile(SCOPE, ports)).to.deep.include({ done: true, requeued: 1 });
    expect(ids(queues.of("east"))).to.deep.equal(ids([trade(1)]));
  });

  it("does not count an empty page as its page of a pass", async () => {
    const { ports, queues, journal, clock } = await setUp([trade(1)]);
    clock.advance(60_000);
    let empty = 2;
    const pending: typeof journal.pending = async (before, cursor) =>
      empty-- > 0 ? { entries: [], cursor: "further on" } : journal.pending(before, cursor === "further on" ? undefined : cursor);
    const patched = { ...ports, journal: Object.assign(Object.create(journal) as typeof journal, { pending }) };
    expect(await reconcile({ ...SCOPE, pendingPages: 1 }, patched)).to.deep.include({ done: true, requeued: 1 });
    expect(queues.of("east")).to.have.length(1);
  });

  it("looks at a doubt again until no index can be behind any more, and then no more", async () => {
    const { ports, queues, ledger, journal, clock } = await setUp([trade(1), trade(2)]);
    await lose(ports, ledger, journal);
    const scope = { ...SCOPE, doubtOpenMs: 60_000 };
    // The index does not show the mark yet.
    const behind = Object.assign(Object.create(journal) as typeof journal, { marked: () => Promise.resolve({ entries: [] }) });
    expect(await reconcile(scope, { ...ports, journal: behind })).to.deep.include({ done: true, replayed: 0 });
    clock.advance(30_000);
    expect(await reconcile(scope, ports)).to.deep.include({ replayed: 1 });
    expect(ids(queues.of("east"))).to.include(trade(1).tradeId);
    clock.advance(60_000);
    await reconcile(scope, ports);
    expect(ports.chain.head).to.not.have.property("doubt");
  });

  it("goes on with a doubt where its time ran out", async () => {
    const trades = Array.from({ length: 7 }, (_, n) => trade(n + 1));
    const { ports, ledger, journal, clock } = await setUp(trades);
    await lose(ports, ledger, journal, trades);
    let pages = 0;
    const marked: typeof journal.marked = (from, to, cursor) => {
      // Each page takes longer than there is left after the first.
      if (pages++ > 0) clock.advance(1_000);
      return journal.marked(from, to, cursor);
    };
    const slow = Object.assign(Object.create(journal) as typeof journal, { marked });
    const pass = () => reconcile({ ...SCOPE, doubtOpenMs: 1, deadline: clock.monotonic() + 500 }, { ...ports, journal: slow });
    expect(await pass()).to.deep.include({ done: false, replayed: 6 });
    expect(ports.chain.head?.doubt?.pass, "where it goes on").to.not.equal(undefined);
    expect(await pass()).to.deep.include({ done: true, replayed: 1 });
    expect(pages).to.equal(3);
  });

  it("says that it is not done when its time runs out", async () => {
    const { ports, clock } = await setUp([trade(1)]);
    clock.advance(100);
    expect((await reconcile({ ...SCOPE, deadline: 50 }, ports)).done).to.equal(false);
  });
});
