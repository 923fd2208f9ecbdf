import { expect } from "chai";
import type { Lease } from "../../handlers/core/model";
import { Gate } from "../support/memory/faults";
import { after, HELD, PRIMARY, run, STANDBY, world, type World } from "../support/sentinel-world";

describe("the sentinel that watches", () => {
  it("starts the failover when the lease has lapsed and the holder does not answer, at the epoch that it saw", async () => {
    const w = world(HELD);
    await run(w);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 15_000 });
  });

  it("takes nothing while it is not fit itself: what has befallen both regions is mended by no move", async () => {
    const w = world(HELD);
    w.now.accepts = false;
    after(w, 72_000, () => (w.now.accepts = true));
    await run(w);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 75_000 });
  });

  it("takes nothing while it is not allowed to ask its own ledger, though the holder asks to be relieved", async () => {
    const w = world({ ...HELD, resignedEpoch: 7 });
    w.now.mayAskLedger = false;
    after(w, 72_000, () => (w.now.mayAskLedger = true));
    await run(w);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 75_000 });
  });

  it("leaves a holder alone that renews", async () => {
    const w = world(HELD);
    for (let ms = 4_000; ms < 120_000; ms += 5_000) after(w, ms, () => void w.store.renew(PRIMARY, 7));
    await run(w);
    expect(w.started).to.deep.equal([]);
  });

  it("gives a holder that answers until the limit, and no longer", async () => {
    const w = world(HELD);
    w.now.peerAnswers = true;
    await run(w);
    expect(w.started[0]?.atMs).to.equal(60_000);
  });

  it("takes a holder at its word that has asked to be relieved, though it answers", async () => {
    const w = world(HELD);
    w.now.peerAnswers = true;
    after(w, 4_000, () => void w.store.resign(PRIMARY, 7));
    await run(w);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 5_000 });
  });

  it("does not mind that an earlier holder asked to be relieved", async () => {
    const w = world({ ...HELD, resignedEpoch: 6 });
    w.now.peerAnswers = true;
    await run(w, { runMs: 50_000 });
    expect(w.started).to.deep.equal([]);
  });

  describe("for a quarter of an hour after a taking by force", () => {
    const FORCED: Lease = { ...HELD, renewals: 3, forcedEpoch: 7, refrained: 0 };

    it("moves nothing again while the holder answers, and writes down that it has refrained", async () => {
      const w = world({ ...FORCED, resignedEpoch: 7 });
      w.now.status = 503;
      await run(w);
      expect(w.started).to.deep.equal([]);
      expect(w.store.lease?.refrained).to.equal(23);
    });

    it("moves again when the holder is dead: nothing answers, at three looks in a row", async () => {
      const w = world(FORCED);
      after(w, 21_000, () => (w.now.status = 503));
      after(w, 26_000, () => (w.now.status = undefined));
      await run(w);
      expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 40_000 });
    });

    it("moves nothing again for a holder that asks for it and renews", async () => {
      const w = world({ ...FORCED, resignedEpoch: 7 });
      for (let ms = 4_000; ms < 120_000; ms += 5_000)
        after(w, ms, () => (w.store.lease = { ...(w.store.lease as Lease), renewals: (w.store.lease?.renewals ?? 0) + 1 }));
      await run(w);
      expect(w.started).to.deep.equal([]);
    });

    it("is over once holder and watcher have counted its ticks, or the lease was handed over", async () => {
      for (const lease of [
        { ...FORCED, renewals: 200, refrained: 340 },
        { ...FORCED, forcedEpoch: 6 },
      ]) {
        const w = world({ ...lease, resignedEpoch: 7 });
        w.now.status = 503;
        await run(w);
        expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 0 });
      }
    });
  });

  it("starts the failover at the next tick when it could not be started, and not after another lapse", async () => {
    const w = world(HELD);
    const throttled = new Gate(["before", "before"]).guard("orchestrator", w.ports.orchestrator);
    Object.assign(w.ports, { orchestrator: throttled });
    await run(w);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 25_000 });
  });

  it("does not count the time in which it was frozen itself", async () => {
    const w = world(HELD);
    after(w, 6_000, () => w.clock.advance(50_000));
    await run(w);
    // Frozen from 6 s to 56 s; watching begins anew at its next look.
    expect(w.started[0]?.atMs).to.be.at.least(56_000 + 15_000);
  });

  it("does not count the time in which it could not read the lease: a standby that is cut off takes nothing", async () => {
    const w = world(HELD);
    w.now.readable = false;
    after(w, 40_000, () => (w.now.readable = true));
    await run(w);
    expect(w.started[0]?.atMs).to.be.at.least(40_000 + 15_000);
  });
});

describe("the sentinel that holds", () => {
  const HOLDER = { region: PRIMARY };

  it("renews each five seconds", async () => {
    const w = world(HELD);
    await run(w, HOLDER);
    expect(w.store.lease).to.deep.equal({ holder: PRIMARY, epoch: 7, renewals: 3 + 23 });
  });

  it("takes back that it asked to be relieved when it renews", async () => {
    const w = world({ ...HELD, resignedEpoch: 7 });
    await run(w, { ...HOLDER, runMs: 4_000 });
    expect(w.store.lease).to.deep.equal({ ...HELD, renewals: 4 });
  });

  it("stops renewing when it can't accept trades", async () => {
    const w = world(HELD);
    w.now.accepts = false;
    await run(w, HOLDER);
    expect(w.store.lease?.renewals).to.equal(3);
  });

  it("stops renewing a minute after its ledger took the last write, although it serves", async () => {
    const w = world(HELD);
    after(w, 12_000, () => (w.now.writable = false));
    await run(w, HOLDER);
    // Renewals at 0, 5 and 10 s saw the ledger take a write; those up to 69 s are on its credit.
    expect(w.store.lease?.renewals).to.equal(3 + 14);
  });

  it("asks to be relieved when it has itself seen its writer take nothing for a minute", async () => {
    const w = world(HELD);
    after(w, 12_000, () => (w.now.writable = false));
    after(w, 74_000, () => expect(w.store.lease?.resignedEpoch).to.equal(undefined));
    await run(w, HOLDER);
    expect(w.store.lease).to.include({ resignedEpoch: 7, holder: PRIMARY, epoch: 7 });
  });

  it("does not ask to be relieved for a write missed now and then, nor while its copy is being promoted", async () => {
    const w = world(HELD);
    for (let ms = 6_000; ms < 115_000; ms += 50_000) {
      after(w, ms, () => (w.now.writable = false));
      after(w, ms + 45_000, () => (w.now.writable = true));
    }
    await run(w, HOLDER);
    w.now.writable = false;
    w.now.role = "reader";
    w.now.moving = true;
    await run(w, HOLDER);
    expect(w.store.lease?.resignedEpoch).to.equal(undefined);
  });

  it("does not renew on the credit of an earlier run", async () => {
    const w = world(HELD);
    w.now.writable = false;
    await run(w, HOLDER);
    expect(w.store.lease?.renewals).to.equal(3);
  });

  it("keeps the lease while its copy is being promoted, however long that takes", async () => {
    const w = world(HELD);
    w.now.writable = false;
    w.now.role = "reader";
    w.now.moving = true;
    await run(w, HOLDER);
    expect(w.store.lease?.renewals).to.equal(3 + 23);
    expect(w.started).to.deep.equal([]);
  });

  it("begins a move again that died on its way: the lease is here, the writer is not, and nothing moves it for a minute", async () => {
    const w = world(HELD);
    w.now.writable = false;
    w.now.role = "reader";
    await run(w, HOLDER);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 60_000 });
  });

  describe("that finds itself handed the lease by a graceful move that died", () => {
    const handedTo = (lease: Partial<Lease> = {}): World => {
      const w = world({ ...HELD, epoch: 8, ...lease });
      Object.assign(w.now, { writable: false, role: "reader", peerAnswers: true });
      return w;
    };

    it("begins the graceful move again while nothing is lost", async () => {
      const w = handedTo();
      await run(w, HOLDER);
      expect(w.switched[0]).to.deep.equal({ epoch: 8, atMs: 60_000 });
      expect(w.started).to.deep.equal([]);
    });

    it("waits for the one that it has begun", async () => {
      const w = handedTo();
      w.now.switchover = "running";
      await run(w, HOLDER);
      expect(w.started).to.deep.equal([]);
    });

    const lossy: [string, (w: World) => void, Partial<Lease>][] = [
      ["that has ended, and has not moved the lease", (w) => (w.now.switchover = "ended"), {}],
      ["and the copy is not in step", (w) => (w.now.synchronized = false), {}],
      ["and the other region does not answer", (w) => (w.now.peerAnswers = false), {}],
      ["and the database stays on its way", (w) => (w.now.global = "switching-over"), {}],
      ["and a graceful move has died once more", () => undefined, { epoch: 9 }],
      ["and the lease was taken by force", () => undefined, { forcedEpoch: 8, refrained: 0 }],
    ];
    for (const [what, change, lease] of lossy) {
      it(`goes on ungracefully after one ${what}`, async () => {
        const w = handedTo(lease);
        change(w);
        await run(w, HOLDER);
        expect(w.switched).to.deep.equal([]);
        expect(w.started[0]).to.deep.equal({ epoch: w.store.lease?.epoch, atMs: 60_000 });
      });
    }
  });

  it("begins a move again that died between the promotion and the fence", async () => {
    const w = world(HELD);
    w.now.fence = 6;
    await run(w, HOLDER);
    expect(w.started[0]).to.deep.equal({ epoch: 7, atMs: 60_000 });
    expect(w.store.lease?.renewals, "and keeps the lease").to.equal(3 + 23);
  });

  it("begins a move again whose database stays on its way, and which no machine waits for", async () => {
    const w = world(HELD);
    w.now.writable = false;
    w.now.role = "reader";
    w.now.global = "switching-over";
    w.now.moving = true;
    after(w, 82_000, () => (w.now.moving = false));
    await run(w, HOLDER);
    expect(w.started[0]?.atMs).to.equal(85_000);
  });

  it("finds at its next tick that the ledger has lost a tail, and writes down what is in doubt", async () => {
    const w = world(HELD);
    after(w, 12_000, () => (w.now.whole = false));
    after(w, 14_000, () => expect(w.chain.head?.doubt).to.equal(undefined));
    after(w, 16_000, () => {
      expect(w.chain.head).to.deep.include({ seq: 10, base: 10 });
      expect(w.chain.head?.doubt).to.deep.include({ from: 8, to: 9 });
      w.now.whole = true;
    });
    await run(w, HOLDER);
    expect(w.chain.head?.seq).to.equal(10);
    expect(w.started).to.deep.equal([]);
  });

  it("takes a lease that was made anew past the fence that its ledger remembers, and moves on from there", async () => {
    const w = world({ holder: PRIMARY, epoch: 1, renewals: 0 });
    await run(w, HOLDER);
    expect(w.store.lease).to.include({ holder: PRIMARY, epoch: 8 });
    expect(w.started[0]?.epoch).to.equal(8);
  });

  it("renews nothing once the lease has moved on, and watches instead", async () => {
    const w = world(HELD);
    after(w, 11_000, () => void w.store.take(STANDBY, 7));
    w.now.peerAnswers = true;
    for (let ms = 12_000; ms < 120_000; ms += 5_000) after(w, ms, () => void w.store.renew(STANDBY, 8));
    await run(w, HOLDER);
    expect(w.store.lease?.holder).to.equal(STANDBY);
    expect(w.started).to.deep.equal([]);
  });
});
