import { expect } from "chai";
import { takeLease, takeRequest } from "../../handlers/core/lease-step";
import type { Lease } from "../../handlers/core/model";
import { checkTarget, promote, raiseFence, switchover, type PromotionPorts } from "../../handlers/core/promotion";
import type { GlobalDatabase } from "../../handlers/ports";
import { VirtualClock } from "../support/memory/clock";
import { MemoryChainStore } from "../support/memory/chain-store";
import { noMetrics, silentLog } from "../support/memory/effects";
import { Gate } from "../support/memory/faults";
import { MemoryLeaseStore } from "../support/memory/lease-store";

const PRIMARY = "us-east-1";
const STANDBY = "us-east-2";
const held = (holder: string, epoch: number): Lease => ({ holder, epoch, renewals: 0 });
const arn = (region: string): string => `arn:aws:rds:${region}:123456789012:cluster:ledger`;

/** Aurora's pair as the control plane tells it. */
class Pair implements GlobalDatabase {
  writer = PRIMARY;
  globalStatus = "available";
  lag: number | undefined = 400;
  connected = true;
  leaving = false;
  readonly calls: string[] = [];

  constructor(private readonly own: string) {}

  status(): ReturnType<GlobalDatabase["status"]> {
    const members = [PRIMARY, STANDBY].map((region) => ({
      clusterArn: arn(region),
      role: region === this.writer ? ("writer" as const) : ("reader" as const),
      synchronized: region === this.writer || this.connected,
    }));
    return Promise.resolve({
      globalStatus: this.globalStatus,
      members,
      own: { role: this.own === this.writer ? "writer" : "reader", status: "available", leaving: this.leaving },
    });
  }
  async failoverToHere(): Promise<void> {
    this.calls.push("failover");
    this.globalStatus = "failing-over";
  }
  async switchoverToHere(writerRegion: string): Promise<void> {
    this.calls.push(`switchover in ${writerRegion}`);
    this.globalStatus = "switching-over";
  }
  async lagMs(): Promise<number | undefined> {
    return this.lag;
  }
  /** What AWS does meanwhile. */
  complete(): void {
    this.writer = this.own;
    this.globalStatus = "available";
  }
}

function stage(lease: Lease): { ports: PromotionPorts; pair: Pair; store: MemoryLeaseStore; fence: { epoch: number } } {
  const store = new MemoryLeaseStore(lease);
  const pair = new Pair(STANDBY);
  const fence = { epoch: 1 };
  const ledger = {
    raiseFence: (epoch: number) => Promise.resolve((fence.epoch = Math.max(fence.epoch, epoch))),
    holds: () => Promise.resolve(true),
    beginAnew: () => Promise.reject(new Error("nothing was lost")),
  };
  const chain = new MemoryChainStore({ seq: 1, id: "first", epoch: 1, base: 1 });
  const others = { clock: new VirtualClock(), log: silentLog, metrics: noMetrics };
  const ports = { ...others, lease: store, chain, database: pair, ledger, region: STANDBY, regionOf: (a: string) => a.split(":")[3] ?? "" };
  return { ports, pair, store, fence };
}

describe("taking the lease", () => {
  it("is asked for in so many words: no other event moves it", () => {
    expect(takeRequest({ action: "take", expectedEpoch: 4 })).to.deep.equal({ expectedEpoch: 4, renewals: null });
    expect(takeRequest({ action: "take", expectedEpoch: null })).to.deep.equal({ expectedEpoch: null, renewals: null });
    for (const event of [
      {},
      null,
      undefined,
      "take",
      { key1: "value1" },
      { expectedEpoch: 4 },
      { action: "take", expectedEpoch: "4" },
      { action: "take", expectedEpoch: 1.5 },
      { action: "take", expectedEpoch: 4, renewals: -1 },
    ])
      expect(() => takeRequest(event), JSON.stringify(event)).to.throw("not a request");
  });

  it("fails where a read shows none, and succeeds in nothing: the same failover can be started again", async () => {
    const store = new MemoryLeaseStore();
    const error = await takeLease({ expectedEpoch: 1 }, store, STANDBY, silentLog).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).to.contain("no lease");
    expect(store.lease).to.equal(undefined);
  });

  it("adds one to the epoch, once: the same step again finds its own work", async () => {
    const store = new MemoryLeaseStore(held(PRIMARY, 1));
    const first = await takeLease({ expectedEpoch: 1 }, store, STANDBY, silentLog);
    const again = await takeLease({ expectedEpoch: 1 }, store, STANDBY, silentLog);
    expect([first.taken, first.epoch, again.taken, again.epoch]).to.deep.equal([true, 2, true, 2]);
  });

  it("takes whatever epoch there is when a person gives none (null, as the state machine hands it on)", async () => {
    const store = new MemoryLeaseStore(held(PRIMARY, 4));
    expect(await takeLease({ expectedEpoch: null }, store, STANDBY, silentLog)).to.include({ taken: true, epoch: 5 });
  });

  it("begins an epoch of its own when a person starts again where the lease is", async () => {
    const store = new MemoryLeaseStore(held(STANDBY, 3));
    expect(await takeLease({}, store, STANDBY, silentLog)).to.include({ taken: true, epoch: 4 });
  });

  it("refuses an actor that comes hours late", async () => {
    const store = new MemoryLeaseStore(held(PRIMARY, 9));
    const late = await takeLease({ expectedEpoch: 1 }, store, STANDBY, silentLog);
    expect(late.taken).to.equal(false);
    expect(store.lease).to.deep.equal(held(PRIMARY, 9));
  });

  it("leaves the lease to a holder that has renewed it since it was called lapsed, also in the last moment", async () => {
    const store = new MemoryLeaseStore({ holder: PRIMARY, epoch: 1, renewals: 8 });
    const asked = { expectedEpoch: 1, renewals: 7 };
    expect((await takeLease(asked, store, STANDBY, silentLog)).reason).to.contain("has renewed");
    const racing = { read: async () => ({ holder: PRIMARY, epoch: 1, renewals: 7 }), take: store.take.bind(store) };
    expect(await takeLease(asked, racing, STANDBY, silentLog)).to.include({ taken: false });
    expect(store.lease).to.deep.equal({ holder: PRIMARY, epoch: 1, renewals: 8 });
    expect(await takeLease({ expectedEpoch: 1, renewals: 8 }, store, STANDBY, silentLog)).to.include({ taken: true, epoch: 2 });
  });

  it("recognises its own write when the answer was lost", async () => {
    const store = new MemoryLeaseStore(held(PRIMARY, 1));
    // The SDK sends the write again, and the second try fails on the first one's effect.
    const lossy = {
      read: () => store.read(),
      take: async (holder: string, epoch: number) => {
        await store.take(holder, epoch);
        return store.take(holder, epoch);
      },
    };
    expect(await takeLease({ expectedEpoch: 1 }, lossy, STANDBY, silentLog)).to.include({ taken: true, epoch: 2 });
  });

  it("lets one of two racing regions win", async () => {
    const store = new MemoryLeaseStore(held("us-west-2", 1));
    const both = await Promise.all([PRIMARY, STANDBY].map((region) => takeLease({ expectedEpoch: 1 }, store, region, silentLog)));
    expect(both.filter(({ taken }) => taken)).to.have.length(1);
    expect(store.lease?.epoch).to.equal(2);
  });
});

describe("promotion", () => {
  it("is asked until this site is the writer, and calls failover once", async () => {
    const { ports, pair } = stage(held(STANDBY, 2));
    expect(await promote(2, ports)).to.equal("moving");
    expect(await promote(2, ports)).to.equal("moving");
    pair.complete();
    expect(await promote(2, ports)).to.equal("writer");
    expect(pair.calls).to.deep.equal(["failover"]);
  });

  it("stops before anything is promoted when the lease has moved on", async () => {
    const { ports, pair } = stage(held(PRIMARY, 3));
    expect(await promote(2, ports)).to.equal("superseded");
    expect(pair.calls).to.deep.equal([]);
  });

  it("is not done while an earlier move is about to take the writer away", async () => {
    const { ports, pair } = stage(held(STANDBY, 3));
    pair.writer = STANDBY;
    pair.globalStatus = "failing-over";
    pair.leaving = true;
    expect(await promote(3, ports)).to.equal("moving");
    expect(await switchover(3, ports)).to.equal("moving");
    pair.leaving = false;
    expect(await promote(3, ports)).to.equal("writer");
  });

  it("ends the same when it is killed between any two effects and run again", async () => {
    for (let killedAt = 0; killedAt < 6; killedAt++) {
      const { ports, pair, fence } = stage(held(STANDBY, 2));
      const gate = new Gate(Array.from({ length: killedAt + 1 }, (_, call) => (call === killedAt ? "after" : "none")));
      const fragile = {
        ...ports,
        lease: gate.guard("lease", ports.lease),
        database: gate.guard("database", pair),
        ledger: gate.guard("ledger", ports.ledger),
      };
      const once = async (with_: PromotionPorts): Promise<void> => {
        await promote(2, with_);
        pair.complete();
        await raiseFence(2, with_);
      };
      await once(fragile).catch(() => undefined);
      await once(ports);
      expect(pair.writer, `killed after effect ${killedAt}`).to.equal(STANDBY);
      expect(fence.epoch).to.equal(2);
    }
  });
});

describe("the fence", () => {
  it("is raised by the holder of that epoch and by nobody else", async () => {
    const { ports, fence, store } = stage(held(STANDBY, 2));
    expect(await raiseFence(2, ports)).to.deep.equal({ raised: true, ledgerEpoch: 2 });
    store.lease = held(PRIMARY, 3);
    expect(await raiseFence(2, ports)).to.include({ raised: false });
    expect(fence.epoch).to.equal(2);
  });

  it("never falls", async () => {
    const { ports, fence } = stage(held(STANDBY, 2));
    fence.epoch = 5;
    expect(await raiseFence(2, ports)).to.deep.equal({ raised: false, ledgerEpoch: 5 });
  });
});

describe("the graceful move", () => {
  it("is called in the current writer's region", async () => {
    const { ports, pair } = stage(held(STANDBY, 2));
    expect(await switchover(2, ports)).to.equal("moving");
    expect(pair.calls).to.deep.equal([`switchover in ${PRIMARY}`]);
    pair.complete();
    expect(await switchover(2, ports)).to.equal("writer");
  });

  it("is ready for a healthy copy that has caught up", async () => {
    const { ports } = stage(held(PRIMARY, 1));
    expect(await checkTarget(5_000, ports)).to.include({ ready: true, writerRegion: PRIMARY, epoch: 1 });
  });

  const REFUSALS: readonly (readonly [string, (pair: Pair) => void, RegExp])[] = [
    ["a copy that lags", (pair) => (pair.lag = 9_000), /lag is 9000 ms/],
    ["a lag that nobody knows", (pair) => (pair.lag = undefined), /not known/],
    ["a copy that is not connected", (pair) => (pair.connected = false), /not connected/],
    ["a move that is under way", (pair) => (pair.globalStatus = "failing-over"), /failing-over/],
  ];
  for (const [what, spoil, reason] of REFUSALS) {
    it(`refuses ${what}`, async () => {
      const { ports, pair } = stage(held(PRIMARY, 1));
      spoil(pair);
      const target = await checkTarget(5_000, ports);
      expect(target.ready).to.equal(false);
      expect(target.reasons.join("; ")).to.match(reason);
    });
  }

  it("refuses a region that is active already", async () => {
    const { ports, pair } = stage(held(STANDBY, 2));
    pair.complete();
    expect((await checkTarget(5_000, ports)).reasons.join()).to.match(/active already/);
  });
});
