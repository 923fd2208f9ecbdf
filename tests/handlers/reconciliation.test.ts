import { expect } from "chai";
import { DOUBT, EVERYTHING } from "../../contract/steps";
import { secureChain } from "../../handlers/core/chain";
import { reconcile, type ReconciliationScope } from "../../handlers/core/reconciliation";
import { settleBatch, type SettlementPorts } from "../../handlers/core/settlement";
import { Gate } from "../support/memory/faults";
import type { MemoryJournal } from "../support/memory/journal";
import type { MemoryLedger } from "../support/memory/ledger";
import { ids, setUp, trade } from "../support/memory/one-region";

const SCOPE: ReconciliationScope = {
  part: EVERYTHING,
  sideBySide: false,
  minimumAgeMs: 0,
  doubtOpenMs: 0,
  pendingPages: Infinity,
  deadline: Infinity,
};
const ALL_LEFT = { left: [EVERYTHING] };

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
    expect(await reconcile(SCOPE, passive.ports)).to.deep.equal({ ...ALL_LEFT, requeued: 0, replayed: 0, pending: 0 });
    const late = await setUp([trade(1)]);
    expect(await reconcile({ ...SCOPE, epoch: 7 }, late.ports)).to.deep.include(ALL_LEFT);
    expect([...passive.queues.of("east"), ...late.queues.of("east")]).to.deep.equal([]);
  });

  it("waits, and floods no queue, until the ledger stands at the lease's epoch", async () => {
    const { ports, queues, ledger, clock } = await setUp([trade(1)]);
    clock.advance(1_000);
    ports.lease.lease = { holder: "east", epoch: 2, renewals: 0 };
    expect(await reconcile({ ...SCOPE, epoch: 2 }, ports)).to.deep.include(ALL_LEFT);
    expect(queues.of("east")).to.deep.equal([]);
    await ledger.raiseFence(2);
    expect(await reconcile({ ...SCOPE, epoch: 2 }, ports)).to.deep.equal({ left: [], requeued: 1, replayed: 0, pending: 1 });
  });

  it("takes all pages as a step, and the first only in a pass of each minute", async () => {
    const trades = Array.from({ length: 8 }, (_, n) => trade(n));
    const step = await setUp(trades);
    step.clock.advance(60_000);
    expect(await reconcile(SCOPE, step.ports)).to.deep.include({ left: [], requeued: 8 });
    expect(new Set(ids(step.queues.of("east"))).size).to.equal(8);
    const pass = await setUp(trades);
    pass.clock.advance(60_000);
    expect(await reconcile({ ...SCOPE, pendingPages: 1 }, pass.ports)).to.include({ requeued: 3 });
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
    expect(await reconcile(SCOPE, { ...ports, queue })).to.deep.equal({ ...ALL_LEFT, requeued: 5, replayed: 0, pending: 8 });
    expect(queues.of("east")).to.have.length(5);
    expect(await reconcile(SCOPE, ports)).to.deep.include({ left: [] });
  });

  it("says that it is not done when what it has reopened can't be queued, and finds it again", async () => {
    const { ports, queues, ledger, journal, clock } = await setUp([trade(1)]);
    await lose(ports, ledger, journal);
    clock.advance(1_000);
    const queue = new Gate(["before", "before"]).guard("queue", ports.queue);
    expect(await reconcile(SCOPE, { ...ports, queue })).to.deep.include({ ...ALL_LEFT, replayed: 1 });
    expect(await reconcile(SCOPE, ports)).to.deep.include({ left: [], requeued: 1 });
    expect(ids(queues.of("east"))).to.deep.equal(ids([trade(1)]));
  });

  it("does not count an empty page as its page of a pass", async () => {
    const { ports, queues, journal, clock } = await setUp([trade(1)]);
    clock.advance(60_000);
    let empty = 2;
    const pending: typeof journal.pending = async (before, cursor) =>
      empty-- > 0 ? { entries: [], cursor: "further on" } : journal.pending(before, cursor === "further on" ? undefined : cursor);
    const patched = { ...ports, journal: Object.assign(Object.create(journal) as typeof journal, { pending }) };
    expect(await reconcile({ ...SCOPE, pendingPages: 1 }, patched)).to.deep.include({ left: [], requeued: 1 });
    expect(queues.of("east")).to.have.length(1);
  });

  it("looks at a doubt again until no index can be behind any more, and then no more", async () => {
    const { ports, queues, ledger, journal, clock } = await setUp([trade(1), trade(2)]);
    await lose(ports, ledger, journal);
    const scope = { ...SCOPE, doubtOpenMs: 60_000 };
    // The index does not show the mark yet.
    const behind = Object.assign(Object.create(journal) as typeof journal, { marked: () => Promise.resolve({ entries: [] }) });
    expect(await reconcile(scope, { ...ports, journal: behind })).to.deep.include({ left: [], replayed: 0 });
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
    expect(await pass()).to.deep.include({ left: [DOUBT], replayed: 6 });
    expect(ports.chain.head?.doubt?.pass, "where it goes on").to.not.equal(undefined);
    expect(await pass()).to.deep.include({ left: [], replayed: 1 });
    expect(pages).to.equal(3);
  });

  it("says that it is not done when its time runs out", async () => {
    const { ports, clock } = await setUp([trade(1)]);
    clock.advance(100);
    expect(await reconcile({ ...SCOPE, deadline: 50 }, ports)).to.deep.include(ALL_LEFT);
  });
});
