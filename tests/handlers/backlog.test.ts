import { expect } from "chai";
import { DOUBT, EVERYTHING } from "../../contract/steps";
import { secureChain } from "../../handlers/core/chain";
import { reconcile, type ReconciliationScope } from "../../handlers/core/reconciliation";
import { settleBatch } from "../../handlers/core/settlement";
import type { Metrics } from "../../handlers/ports";
import { ids, setUp, trade } from "../support/memory/one-region";

/** A page in memory has three trades. */
const STEP: ReconciliationScope = {
  part: EVERYTHING,
  sideBySide: true,
  minimumAgeMs: 0,
  doubtOpenMs: 0,
  pendingPages: 1,
  deadline: Infinity,
};
const PASS = { ...STEP, sideBySide: false };
const TRADES = Array.from({ length: 8 }, (_, n) => trade(n));

async function waiting(trades = TRADES) {
  const region = await setUp(trades);
  region.clock.advance(60_000);
  const told: number[] = [];
  const metrics: Metrics = { put: (name, value) => void (name === "TradesPending" && told.push(value)) };
  return { ...region, ports: { ...region.ports, metrics }, told };
}

describe("a long backlog", () => {
  it("is left in parts by a step, and each part is queued to its end by a run of its own", async () => {
    const { ports, queues } = await waiting();
    const { left, requeued } = await reconcile(STEP, ports);
    expect([left.length, requeued]).to.deep.equal([1, 3]);
    const results = await Promise.all(left.map((part) => reconcile({ ...STEP, part }, ports)));
    expect(results).to.deep.equal([{ left: [], requeued: 5, replayed: 0, pending: 5 }]);
    expect(ids(queues.of("east")).sort()).to.deep.equal(ids(TRADES).sort());
  });

  it("has a part gone through again that the queue did not take all of", async () => {
    const { ports } = await waiting();
    const [part = ""] = (await reconcile(STEP, ports)).left;
    const queue = { send: () => Promise.reject(new Error("queue")) };
    expect(await reconcile({ ...STEP, part }, { ...ports, queue })).to.deep.include({ left: [part], requeued: 0 });
  });

  it("has a part go on where its time ran out", async () => {
    const { ports, clock, journal, queues } = await waiting();
    const [part = ""] = (await reconcile(STEP, ports)).left;
    const slow = Object.assign(Object.create(journal) as typeof journal, {
      pending: (...args: Parameters<typeof journal.pending>) => (clock.advance(1_000), journal.pending(...args)),
    });
    const { left } = await reconcile({ ...STEP, part, deadline: clock.monotonic() + 500 }, { ...ports, journal: slow });
    expect(left).to.have.length(1).and.not.include(part);
    await reconcile({ ...STEP, part: left[0] ?? "" }, ports);
    expect(ids(queues.of("east")).sort()).to.deep.equal(ids(TRADES).sort());
  });

  it("does not wait for a doubt, nor a doubt for it: that is a part too", async () => {
    const { ports, ledger, journal } = await waiting();
    await secureChain(1, ports);
    const before = ledger.history.length;
    await settleBatch([trade(0)], ports);
    ledger.copyFrom(ledger, ledger.history.length - before);
    const { left, replayed } = await reconcile(STEP, ports);
    expect([left.at(-1), replayed]).to.deep.equal([DOUBT, 0]);
    expect(await reconcile({ ...STEP, part: DOUBT }, ports)).to.deep.equal({ left: [], requeued: 0, replayed: 1, pending: 0 });
    expect(journal.entries.get(trade(0).tradeId)?.status).to.equal("ACCEPTED");
  });

  it("is told as large as it is by a pass that queues a part of it", async () => {
    const { ports, told } = await waiting();
    expect(await reconcile(PASS, ports)).to.deep.include({ requeued: 3, pending: 3 });
    expect(told).to.deep.equal([8]);
  });

  it("is told once: not by runs that see a part of it, or hand on", async () => {
    const { ports, told } = await waiting();
    const { left } = await reconcile(STEP, ports);
    await reconcile({ ...STEP, part: left[0] ?? "" }, ports);
    expect(told).to.deep.equal([]);
  });

  it("is told where no ledger is ready for it, and none of it queued", async () => {
    const { ports, queues, told } = await waiting();
    ports.lease.lease = { holder: "east", epoch: 2, renewals: 0 };
    expect(await reconcile(PASS, ports)).to.deep.include({ left: [EVERYTHING], requeued: 0 });
    expect(told).to.deep.equal([8]);
    expect(queues.of("east")).to.deep.equal([]);
  });

  it("is told as far as it was counted when the time ran out", async () => {
    const { ports, clock, journal, told } = await waiting();
    const slow = Object.assign(Object.create(journal) as typeof journal, {
      pendingCount: (...args: Parameters<typeof journal.pendingCount>) => (clock.advance(1_000), journal.pendingCount(...args)),
    });
    await reconcile({ ...PASS, deadline: clock.monotonic() + 500 }, { ...ports, journal: slow });
    expect(told).to.deep.equal([6]);
  });
});
