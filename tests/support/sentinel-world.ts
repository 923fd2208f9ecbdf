import type { Lease } from "../../handlers/core/model";
import { runSentinel, type SentinelPorts, type SentinelSettings } from "../../handlers/core/sentinel";
import { MemoryChainStore } from "./memory/chain-store";
import { VirtualClock } from "./memory/clock";
import { noMetrics, silentLog } from "./memory/effects";
import { MemoryLeaseStore } from "./memory/lease-store";

export const PRIMARY = "us-east-1";
export const STANDBY = "us-east-2";
export const SETTINGS: SentinelSettings = {
  region: STANDBY,
  peerReadyUrl: "https://primary.example/v1/health/ready",
  leaseLengthMs: 15_000,
  leaseLimitMs: 60_000,
  renewalMs: 5_000,
  runMs: 115_000,
  trigger: "sentinel",
};
export const HELD: Lease = { holder: PRIMARY, epoch: 7, renewals: 3 };

/** The standby beside a primary that holds the lease; `now` is what its ports say of the world. */
export interface World {
  readonly clock: VirtualClock;
  readonly store: MemoryLeaseStore;
  readonly chain: MemoryChainStore;
  readonly started: { epoch: number; atMs: number }[];
  readonly switched: { epoch: number; atMs: number }[];
  readonly ports: SentinelPorts;
  /** What a test may change while the sentinel runs. */
  readonly now: {
    peerAnswers: boolean;
    /** What the endpoint answers where it is not well. */
    status: number | undefined;
    writable: boolean;
    fence: number;
    role: "writer" | "reader";
    global: string;
    accepts: boolean;
    mayAskLedger: boolean;
    readable: boolean;
    moving: boolean;
    switchover: "started" | "running" | "ended";
    synchronized: boolean;
    /** The ledger's history holds the head. */
    whole: boolean;
  };
}

export function world(lease: Lease): World {
  const clock = new VirtualClock();
  const store = new MemoryLeaseStore(lease);
  const started: { epoch: number; atMs: number }[] = [];
  const switched: { epoch: number; atMs: number }[] = [];
  const now: World["now"] = {
    peerAnswers: false,
    status: undefined,
    writable: true,
    fence: 7,
    role: "writer",
    global: "available",
    accepts: true,
    mayAskLedger: true,
    readable: true,
    moving: false,
    switchover: "started",
    synchronized: true,
    whole: true,
  };
  const chain = new MemoryChainStore({ seq: 9, id: "head", epoch: 7, base: 1 });
  const ports: SentinelPorts = {
    lease: {
      read: () => (now.readable ? store.read() : Promise.reject(new Error("no quorum"))),
      renew: (holder, epoch) => store.renew(holder, epoch),
      refrain: (epoch) => store.refrain(epoch),
      resign: (holder, epoch) => store.resign(holder, epoch),
      take: (holder, epoch) => store.take(holder, epoch),
    },
    chain,
    ledger: {
      writableAt: () => Promise.resolve(now.writable ? now.fence : undefined),
      holds: () => Promise.resolve(now.whole),
      beginAnew: (_epoch, after) => Promise.resolve({ link: { seq: after + 1, id: "anew" }, confirmed: after - 2 }),
    },
    database: {
      status: () =>
        Promise.resolve({
          globalStatus: now.global,
          members: [
            { clusterArn: "own", role: now.role, synchronized: now.synchronized },
            { clusterArn: "other", role: now.role === "writer" ? "reader" : "writer", synchronized: now.synchronized },
          ],
          own: { role: now.role, status: "available" },
        }),
    },
    canAccept: () => (now.accepts ? Promise.resolve() : Promise.reject(new Error("queue"))),
    mayAskLedger: () => (now.mayAskLedger ? Promise.resolve() : Promise.reject(new Error("rds-data"))),
    probe: {
      get: () => {
        const status = now.peerAnswers ? 200 : now.status;
        return Promise.resolve(status === undefined ? undefined : { status, body: "" });
      },
    },
    orchestrator: {
      startFailover: (epoch) => {
        started.push({ epoch, atMs: clock.monotonic() });
        return Promise.resolve("started");
      },
      startSwitchover: (epoch) => {
        if (now.switchover === "started") switched.push({ epoch, atMs: clock.monotonic() });
        return Promise.resolve(now.switchover);
      },
      isMoving: () => Promise.resolve(now.moving),
    },
    clock,
    log: silentLog,
    metrics: noMetrics,
  };
  return { clock, store, chain, started, switched, ports, now };
}

export const run = (w: World, settings: Partial<SentinelSettings> = {}): Promise<void> =>
  w.clock.finish(runSentinel({ ...SETTINGS, ...settings }, w.ports));

/** Changes something after a while, as the world would. */
export const after = (w: World, ms: number, change: () => void): void => void w.clock.sleep(ms).then(change);
