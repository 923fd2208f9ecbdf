import { expect } from "chai";
import { secureChain } from "../../handlers/core/chain";
import { parseMessages } from "../../handlers/core/messages";
import type { Trade } from "../../handlers/core/model";
import { settleBatch } from "../../handlers/core/settlement";
import { Gate } from "../support/memory/faults";
import { ids, setUp, trade } from "../support/memory/one-region";

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

  it("decides once: what is replayed keeps its outcome, whether it was marked or only announced, and whatever is restricted by now", async () => {
    for (const marks of [true, false]) {
      const { ports, ledger, journal, effects } = await setUp([trade(1), trade(2)]);
      ledger.restricted = ({ tradeId }) => (tradeId === trade(1).tradeId ? "account is closed" : undefined);
      const late = Object.assign(Object.create(journal) as typeof journal, { markSettled: () => Promise.reject(new Error("away")) });
      await settleBatch([trade(1), trade(2)], { ...ports, journal: marks ? journal : late });
      ledger.restricted = ({ tradeId }) => (tradeId === trade(2).tradeId ? "symbol is halted" : undefined);
      ledger.copyFrom(ledger, 1);
      await secureChain(1, ports);
      for (const { settledSeq, tradeId } of journal.entries.values()) if (settledSeq) await journal.reopen(tradeId, settledSeq, settledSeq);
      expect((await settleBatch([trade(1), trade(2)], ports)).retry).to.deep.equal([]);
      const outcomes = [...ledger.rows.values()].map(({ settlement }) => settlement.outcome);
      expect(outcomes).to.deep.equal(["FAILED", "EXECUTED"]);
      expect(effects.announced).to.have.length(4);
    }
  });

  it("settles without the trade whose decision could not be recorded; its redelivery finishes it", async () => {
    const trades = [trade(1), trade(2)];
    const { ports, journal, ledger } = await setUp(trades);
    const gated = new Gate(["none", "before"]).guard("journal", journal);
    expect((await settleBatch(trades, { ...ports, journal: gated })).retry).to.deep.equal(ids([trade(1)]));
    expect(ledger.rows.size).to.equal(1);
    expect((await settleBatch([trade(1)], ports)).retry).to.deep.equal([]);
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

  it("keeps of a batch that it hands over what the holder's queue did not take, and nothing else", async () => {
    const trades = [trade(1), trade(2), trade(3)];
    const { ports, ledger } = await setUp(trades);
    await ledger.raiseFence(9);
    await ports.lease.take("west", 1);
    const queue = { sendTo: () => Promise.resolve(ids([trade(2)])) };
    expect((await settleBatch(trades, { ...ports, queue })).retry).to.deep.equal(ids([trade(2)]));
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
      journal: new Gate(["none", "none", "none", "none", "none", "before", "after"]).guard("journal", journal),
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
