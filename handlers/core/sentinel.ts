import type { Clock, GlobalDatabase, HttpProbe, LeaseStore, Ledger, Log, Metrics, Orchestrator } from "../ports";
import type { Lease } from "./model";
import { judge, look, type LapseLimits, type Watch } from "./watch";

export interface SentinelPorts {
  readonly lease: Pick<LeaseStore, "read" | "renew">;
  readonly ledger: Pick<Ledger, "writable">;
  readonly database: Pick<GlobalDatabase, "status">;
  /** Resolves when this region can accept: journal and queue answer. */
  readonly canAccept: () => Promise<void>;
  readonly probe: Pick<HttpProbe, "get">;
  readonly orchestrator: Orchestrator;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface SentinelSettings extends LapseLimits {
  readonly region: string;
  /** A URL of the other region that answers 200 while that region can accept. */
  readonly peerReadyUrl: string;
  /** Time between two ticks. */
  readonly renewalMs: number;
  /** How long this run lasts; runs overlap, so that a late start never costs the lease. */
  readonly runMs: number;
  readonly trigger: "sentinel" | "alarm";
}

/** What a run remembers between ticks. Nothing outlives the run: the next one finds out for itself. */
interface Memory {
  watch?: Watch;
  /** Monotonic time at which this run last saw the ledger take a write. */
  ledgerSeen?: number;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Watches or holds the lease for one run, a tick each `renewalMs`. Ends by itself. */
export async function runSentinel(settings: SentinelSettings, ports: SentinelPorts): Promise<void> {
  const { clock, log } = ports;
  const end = clock.monotonic() + settings.runMs;
  const memory: Memory = {};
  for (let tick = clock.monotonic(); tick < end;) {
    try {
      await oneTick(settings, ports, memory);
    } catch (error) {
      // No quorum, or a call that hung: nothing was seen, so nothing counts as seen.
      memory.watch = undefined;
      log.warn("the lease can't be read", { error });
    }
    tick = Math.max(tick + settings.renewalMs, clock.monotonic());
    await clock.sleep(tick - clock.monotonic());
  }
}

async function oneTick(settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  const lease = await ports.lease.read();
  if (!lease) return;
  if (lease.holder === settings.region) {
    memory.watch = undefined;
    await hold(lease, settings, ports, memory);
  } else {
    memory.ledgerSeen = undefined;
    await watchHolder(lease, settings, ports, memory);
  }
}

/** The holder renews while it is able to do what the lease is for. */
async function hold(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  const { log, metrics } = ports;
  const unfit = await whyUnfit(settings, ports, memory);
  if (unfit !== undefined) {
    log.error("this region holds the lease and does not renew it", { reason: unfit, epoch: lease.epoch });
    return;
  }
  const renewed = await ports.lease.renew(lease.holder, lease.epoch);
  if (renewed) metrics.put("LeaseRenewed", 1, "Count");
  else log.warn("the lease has moved on", { epoch: lease.epoch });
}

async function whyUnfit(settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<string | undefined> {
  try {
    await ports.canAccept();
  } catch (error) {
    return `it can't accept trades: ${error instanceof Error ? error.message : String(error)}`;
  }
  const now = ports.clock.monotonic();
  if (await ports.ledger.writable()) {
    memory.ledgerSeen = now;
    return undefined;
  }
  if (memory.ledgerSeen !== undefined && now - memory.ledgerSeen < settings.leaseLimitMs) return undefined;
  // A promotion or switchover takes minutes on AWS, and a holder that let go meanwhile would hand the lease back and forth.
  const { own, globalStatus } = await ports.database.status();
  if (own.role === "reader" || globalStatus !== "available") return undefined;
  return "its ledger is the writer and takes no writes";
}

async function watchHolder(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  // Twice the tick and the time that a probe and a read may take.
  const maxGapMs = 2 * settings.renewalMs + PROBE_TIMEOUT_MS;
  memory.watch = look(memory.watch, lease, ports.clock.monotonic(), maxGapMs);
  const verdict = judge(memory.watch, settings);
  if (verdict === "held") return;
  if (verdict === "ask-the-endpoint") {
    const answer = await ports.probe.get(settings.peerReadyUrl, PROBE_TIMEOUT_MS);
    if (answer?.status === 200) return;
  }
  const unchangedMs = Math.round(memory.watch.lookedAt - memory.watch.since);
  const reason = `lease of ${lease.holder} at epoch ${lease.epoch} unchanged for ${unchangedMs} ms${verdict === "lapsed" ? "" : " and its endpoint does not answer"}`;
  const started = await ports.orchestrator.startFailover(lease.epoch, reason, settings.trigger);
  ports.log.warn("failover", { reason, started });
}
