import { expect } from "chai";
import type { Lease } from "../../handlers/core/model";
import { runSentinel, type SentinelPorts } from "../../handlers/core/sentinel";
import { MemoryChainStore } from "../support/memory/chain-store";
import { VirtualClock } from "../support/memory/clock";
import { silentLog } from "../support/memory/effects";
import { MemoryLeaseStore } from "../support/memory/lease-store";

const [PRIMARY, STANDBY] = ["us-east-1", "us-east-2"] as const;
const HELD: Lease = { holder: PRIMARY, epoch: 7, renewals: 3 };

interface Datum {
  readonly atMs: number;
  readonly name: string;
  readonly value: number;
}

/** A minute of a region's sentinel; `change` is called before each of its looks at the lease. */
async function minute(region: string, change: (atMs: number, store: MemoryLeaseStore) => void | Promise<void>): Promise<Datum[]> {
  const clock = new VirtualClock();
  const store = new MemoryLeaseStore(HELD);
  const data: Datum[] = [];
  const ports: SentinelPorts = {
    lease: {
      read: async () => {
        await change(clock.monotonic(), store);
        return store.read();
      },
      renew: (holder, epoch) => store.renew(holder, epoch),
      refrain: (epoch) => store.refrain(epoch),
      resign: (holder, epoch) => store.resign(holder, epoch),
      take: (holder, epoch) => store.take(holder, epoch),
    },
    chain: new MemoryChainStore({ seq: 1, id: "first", epoch: 7, base: 1 }),
    ledger: {
      writableAt: () => Promise.resolve(7),
      holds: () => Promise.resolve(true),
      beginAnew: () => Promise.reject(new Error("nothing was lost")),
    },
    database: { status: () => Promise.resolve({ globalStatus: "available", members: [], own: { role: "writer", status: "available" } }) },
    mayAskLedger: () => Promise.resolve(),
    canAccept: () => Promise.resolve(),
    probe: { get: () => Promise.resolve({ status: 200, body: "" }) },
    orchestrator: {
      startFailover: () => Promise.resolve("started"),
      startSwitchover: () => Promise.resolve("started"),
      isMoving: () => Promise.resolve(false),
    },
    clock,
    log: silentLog,
    metrics: { put: (name, value) => void data.push({ atMs: clock.monotonic(), name, value }) },
  };
  const settings = {
    region,
    peerReadyUrl: "https://peer.example/v1/health/ready",
    leaseLengthMs: 15_000,
    leaseLimitMs: 60_000,
    renewalMs: 5_000,
    runMs: 60_000,
    trigger: "sentinel",
  } as const;
  await clock.finish(runSentinel(settings, ports));
  return data;
}

const values = (data: readonly Datum[], name: string): number[] => data.filter((one) => one.name === name).map(({ value }) => value);
const each = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("what the sentinel tells of the lease, each tick", () => {
  it("where it is held: held, and never unrenewed for longer than a tick", async () => {
    const data = await minute(PRIMARY, () => undefined);
    expect(values(data, "LeaseHeld")).to.deep.equal(each(12, 1));
    expect(Math.max(...values(data, "LeaseUnrenewed"))).to.equal(0);
  });

  it("its epoch as it is seen, whoever holds it: a hand-over is a step", async () => {
    const data = await minute(STANDBY, async (atMs, store) => {
      if (atMs === 30_000) await store.take(PRIMARY, 7);
    });
    expect(values(data, "LeaseEpoch")).to.deep.equal([...each(6, 7), ...each(6, 8)]);
  });

  it("where it is watched: not held, and no time without renewal while there are renewals", async () => {
    const data = await minute(STANDBY, async (_, store) => void (await store.renew(PRIMARY, 7)));
    expect(values(data, "LeaseHeld")).to.deep.equal(each(12, 0));
    expect(values(data, "LeaseUnrenewed")).to.deep.equal(each(12, 0));
  });

  it("when nobody renews: for how long", async () => {
    const data = await minute(STANDBY, () => undefined);
    expect(values(data, "LeaseUnrenewed").slice(0, 4)).to.deep.equal([0, 5_000, 10_000, 15_000]);
  });

  it("when the lease can't be read: nothing, so that the alarm on missing data speaks, and then begins anew", async () => {
    const data = await minute(STANDBY, (atMs) => {
      if (atMs >= 10_000 && atMs < 40_000) throw new Error("no quorum");
    });
    const told = data.filter(({ name }) => name === "LeaseUnrenewed").map(({ atMs, value }) => [atMs, value]);
    expect(told.slice(0, 4)).to.deep.equal([
      [0, 0],
      [5_000, 5_000],
      [40_000, 0],
      [45_000, 5_000],
    ]);
  });
});
