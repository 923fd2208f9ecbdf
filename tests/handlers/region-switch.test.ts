import { expect } from "chai";
import type { Lease } from "../../handlers/core/model";
import { switchRegion, type RegionSwitchPorts, type RegionSwitchSettings, type Switched } from "../../handlers/core/region-switch";
import type { Standing } from "../../handlers/ports";
import { VirtualClock } from "../support/memory/clock";
import { silentLog } from "../support/memory/effects";
import { MemoryLeaseStore } from "../support/memory/lease-store";

const HERE = "us-east-2";
const THERE = "us-east-1";
const SETTINGS: RegionSwitchSettings = {
  region: HERE,
  peerReadyUrl: "https://primary.example/v1/health/ready",
  silenceMs: 15_000,
};
const theirs: Lease = { holder: THERE, epoch: 7, renewals: 3 };
const ours: Lease = { holder: HERE, epoch: 7, renewals: 3 };

/** What is to be seen from the region that shall become active. */
interface Scene {
  readonly lease?: Lease;
  readonly standing?: Standing;
  /** The other region renews its lease after so long; never when undefined. */
  readonly renewsAfterMs?: number;
  readonly endpoint?: 200 | 503 | "silent";
  /** The fence row's epoch in this region's ledger; undefined: it takes no writes. */
  readonly fence?: number;
  /** What happens while the other region's lease is watched. */
  readonly meanwhile?: (store: MemoryLeaseStore) => Promise<unknown>;
}

interface Seen {
  readonly result?: Switched;
  readonly error?: Error;
  readonly started: readonly string[];
  readonly tookMs: number;
  /** The lease as it was found, for this must only read it. */
  readonly lease: Lease | undefined;
}

async function play(scene: Scene): Promise<Seen> {
  const clock = new VirtualClock();
  const store = new MemoryLeaseStore(scene.lease);
  const started: string[] = [];
  const ports: RegionSwitchPorts = {
    lease: {
      read: async () => {
        if (scene.renewsAfterMs !== undefined && clock.monotonic() >= scene.renewsAfterMs) await store.renew(THERE, 7);
        if (clock.monotonic() > 0) await scene.meanwhile?.(store);
        return store.read();
      },
    },
    ledger: { writableAt: () => Promise.resolve(scene.fence) },
    probe: {
      get: (url) => {
        expect(url).to.equal(SETTINGS.peerReadyUrl);
        const { endpoint = "silent" } = scene;
        return Promise.resolve(endpoint === "silent" ? undefined : { status: endpoint, body: "" });
      },
    },
    moves: {
      start: (kind, expectedEpoch) => {
        started.push(`${kind} from ${expectedEpoch}`);
        return Promise.resolve(started.length === 1 ? "started" : "exists");
      },
      standing: (epoch) => {
        expect(epoch, "is asked for the lease's own epoch").to.equal(scene.lease?.epoch);
        return Promise.resolve(scene.standing ?? "none");
      },
    },
    clock,
    log: silentLog,
  };
  const end = await clock.finish(
    switchRegion(SETTINGS, ports).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: error as Error }),
    ),
  );
  return { ...end, started, tookMs: clock.monotonic(), lease: store.lease };
}

describe("a plan of ARC Region switch activates this region", () => {
  describe("done, when the region is active and its ledger takes settlements under the lease's epoch", () => {
    for (const standing of ["succeeded", "none"] as const) {
      it(`its latest move of the epoch: ${standing}`, async () => {
        const { result, started } = await play({ lease: ours, standing, fence: 7 });
        expect(result).to.deep.equal({ active: true, region: HERE, epoch: 7 });
        expect(started).to.deep.equal([]);
      });
    }
  });

  const PENDING: readonly (readonly [what: string, scene: Scene, started: readonly string[], says: RegExp])[] = [
    ["a move to here is running", { lease: theirs, standing: "running" }, [], /is running/],
    ["a move to here is running, and has taken the lease", { lease: ours, standing: "running", fence: 7 }, [], /is running/],
    ["the lease is here and the fence is not raised", { lease: ours, standing: "succeeded", fence: 6 }, [], /stands at 6/],
    ["the lease is here and the ledger takes no writes", { lease: ours }, [], /takes no writes.*sentinel/],
    [
      "the move that took the lease has failed, fence or no fence",
      { lease: ours, standing: "failed", fence: 7 },
      ["failover from 7"],
      /to epoch 8 was started.*has failed/,
    ],
    ["the holder renews", { lease: theirs, renewsAfterMs: 5_000 }, ["switchover from 7"], /switchover to epoch 8 was started.*at work/],
    ["the holder renews, though its endpoint is silent", { lease: theirs, renewsAfterMs: 14_000 }, ["switchover from 7"], /switchover/],
    ["the holder does not renew and its endpoint answers", { lease: theirs, endpoint: 200 }, ["switchover from 7"], /switchover/],
    [
      "the holder does not renew and its endpoint is silent",
      { lease: theirs },
      ["failover from 7"],
      /failover to epoch 8.*does not answer/,
    ],
    ["the holder does not renew and is not ready", { lease: theirs, endpoint: 503 }, ["failover from 7"], /failover to epoch 8/],
    [
      "the holder has asked to be relieved",
      { lease: { ...theirs, resignedEpoch: 7 }, endpoint: 200 },
      ["failover from 7"],
      /failover.*asked to be relieved/,
    ],
    ["the lease moves while it is watched", { lease: theirs, meanwhile: (store) => store.take(HERE, 7) }, [], /the lease has just moved/],
  ];
  describe("not yet, said by failing, when", () => {
    for (const [what, scene, started, says] of PENDING) {
      it(what, async () => {
        const seen = await play(scene);
        expect(seen.error?.name, String(seen.error)).to.equal("MoveUnderWay");
        expect(seen.error?.message).to.match(says);
        expect(seen.started).to.deep.equal(started);
        if (scene.meanwhile === undefined) expect([seen.lease?.holder, seen.lease?.epoch]).to.deep.equal([scene.lease?.holder, 7]);
      });
    }
  });

  it("is known as soon as the lease is renewed, and within its length and a probe otherwise", async () => {
    expect((await play({ lease: theirs, renewsAfterMs: 3_000 })).tookMs).to.equal(3_000);
    expect((await play({ lease: theirs })).tookMs).to.equal(15_000);
  });

  it("is an error of another name where there is no lease or it can't be read", async () => {
    expect((await play({})).error?.message).to.match(/there is no lease/);
    const { error, started } = await play({ lease: theirs, meanwhile: () => Promise.reject(new Error("no quorum")) });
    expect([error?.message, started]).to.deep.equal(["no quorum", []]);
  });
});
