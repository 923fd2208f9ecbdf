/** The cores of both regions on ports in memory, through courses that once mattered. Every other course is the simulation's. */
import { expect } from "chai";
import { sha256 } from "../../handlers/adapters/hashing";
import { EVERYTHING } from "../../contract/steps";
import { acceptTrade } from "../../handlers/core/intake";
import { secureChain } from "../../handlers/core/chain";
import { reconcile } from "../../handlers/core/reconciliation";
import { settleBatch } from "../../handlers/core/settlement";
import type { ChainStore, Journal, LeaseStore, Ledger } from "../../handlers/ports";
import { VirtualClock } from "../support/memory/clock";
import { MemoryChainStore } from "../support/memory/chain-store";
import { MemoryEffects, MemoryQueues, noMetrics, silentLog } from "../support/memory/effects";
import { Gate } from "../support/memory/faults";
import { MemoryJournal } from "../support/memory/journal";
import { MemoryLeaseStore } from "../support/memory/lease-store";
import { MemoryLedger } from "../support/memory/ledger";

type Site = "east" | "west";

/** East holds epoch 1 and has the ledger's writer; each order is for one share. */
function twoRegions() {
  const clock = new VirtualClock();
  const journal = new MemoryJournal();
  const lease = new MemoryLeaseStore({ holder: "east", epoch: 1, renewals: 0 });
  const chain = new MemoryChainStore();
  const ledgers = { east: new MemoryLedger("east"), west: new MemoryLedger("west") };
  const queues = new MemoryQueues();
  const effects = new MemoryEffects();
  ledgers.west.writer = false;
  void ledgers.east.raiseFence(1);
  const shared = { clock, log: silentLog, metrics: noMetrics };
  /** What the bootstrap leaves behind. */
  const begin = () => secureChain(1, { ...shared, chain, ledger: ledgers.east });

  const submit = async (site: Site, key: string): Promise<void> => {
    const body = JSON.stringify({ accountId: "account-1", symbol: "AMZN", side: "buy", quantity: 1, price: "1.5" });
    const request = { caller: { id: "desk", accounts: ["*"] }, contentType: "application/json", idempotencyKey: key, body };
    const answer = await acceptTrade(request, {
      ...shared,
      journal,
      queue: queues.port(site),
      events: effects.events,
      sessions: undefined,
      sha256,
      region: site,
    });
    expect(answer.status).to.equal(202);
  };
  /** Settles all that waits in a region's queue; a function that has frozen holds what it was given. */
  const settle = async (site: Site, gate = new Gate()): Promise<void> => {
    await settleBatch(queues.of(site).splice(0), {
      ...shared,
      lease: gate.guard<LeaseStore>("lease", lease),
      chain: gate.guard<ChainStore>("chain", chain),
      ledger: gate.guard<Ledger>("ledger", ledgers[site]),
      journal: gate.guard<Journal>("journal", journal),
      queue: queues.port(site),
      audit: effects.audit,
      sessions: effects.touch,
      events: effects.events,
      region: site,
    });
  };
  /** West takes the lease, and its copy becomes a writer that lacks the last `lag` commits; East does not know. */
  const failover = async (lag: number): Promise<void> => {
    await lease.take("west", 1);
    ledgers.west.copyFrom(ledgers.east, lag);
    ledgers.west.writer = true;
    await ledgers.west.raiseFence(2);
  };
  const reconcileWest = async () =>
    await reconcile(
      { epoch: 2, minimumAgeMs: 0, doubtOpenMs: 0, part: EVERYTHING, sideBySide: true, pendingPages: Infinity, deadline: Infinity },
      { ...shared, lease, chain, ledger: ledgers.west, journal, queue: queues.port("west"), region: "west" },
    );
  return { journal, lease, chain, ledgers, queues, effects, begin, submit, settle, failover, reconcileWest };
}

describe("after a failover", () => {
  it("an actor that froze before its settlement and wakes now has no effect that lasts", async () => {
    const { journal, ledgers, begin, submit, settle, failover, reconcileWest } = twoRegions();
    await begin();
    await submit("east", "one");
    // Behind lease, head and journal.
    const gate = new Gate([], 3);
    const late = settle("east", gate);
    await gate.parked;
    await failover(0);
    await reconcileWest();
    gate.thaw();
    await late;
    const [entry] = journal.entries.values();
    expect(ledgers.east.rows.size, "the copy that was left took it").to.equal(1);
    expect(journal.entries.get(entry?.tradeId ?? "")?.status, "and its mark found the head gone").to.equal("ACCEPTED");
    await reconcileWest();
    await settle("west");
    expect([...ledgers.west.rows.keys()]).to.deep.equal([entry?.tradeId]);
    expect(journal.entries.get(entry?.tradeId ?? "")?.settledEpoch).to.equal(2);
  });

  it("a settlement that replication had not carried over is replayed", async () => {
    const { journal, ledgers, begin, submit, settle, failover, reconcileWest } = twoRegions();
    await begin();
    for (let n = 1; n <= 7; n++) {
      await submit("east", `order-${n}`);
      await settle("east");
    }
    await failover(4);
    expect(ledgers.west.rows.size).to.equal(3);
    expect(await reconcileWest()).to.deep.include({ left: [], replayed: 4 });
    await settle("west");
    expect([...ledgers.west.rows.keys()]).to.have.members([...journal.entries.keys()]);
    expect([...ledgers.west.positions.values()]).to.deep.equal([7n]);
  });

  it("a writer that was away and comes back under the same epoch replays what it has lost", async () => {
    const { chain, journal, lease, ledgers, begin, submit, settle } = twoRegions();
    await begin();
    for (let n = 1; n <= 7; n++) {
      await submit("east", `order-${n}`);
      await settle("east");
    }
    // Two promotions have landed late, there and back: the lease has not moved, and nobody has seen it.
    ledgers.east.copyFrom(ledgers.east, 4);
    await submit("east", "order-8");
    await settle("east");
    expect(lease.lease?.epoch).to.equal(1);
    expect(chain.head?.doubt, "one batch has found it").to.deep.include({ from: 4, to: 8 });
    expect([...journal.entries.values()].filter(({ settledSeq = 0 }) => settledSeq >= 4 && settledSeq <= 8)).to.have.length(5);
  });

  it("an old region's queue that comes back has no second effect", async () => {
    const { ledgers, queues, effects, begin, submit, settle, failover, reconcileWest } = twoRegions();
    await begin();
    for (let n = 1; n <= 5; n++) await submit("east", `order-${n}`);
    await failover(0);
    const old = [...queues.of("east")];
    await reconcileWest();
    await settle("west");
    const announced = [...effects.announced];
    expect(announced).to.have.length(5);
    queues.of("east").push(...old, ...old);
    await settle("east");
    await settle("west");
    expect(effects.announced).to.deep.equal(announced);
    expect([...ledgers.west.positions.values()]).to.deep.equal([5n]);
  });
});
