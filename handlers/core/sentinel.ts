import type { Clock, GlobalDatabase, HttpProbe, LeaseStore, Ledger, Log, Metrics, Orchestrator } from "../ports";
import { secureChain, type ChainPorts } from "./chain";
import type { Lease } from "./model";
import { isOnProbation, judge, look, type LapseLimits, type Watch } from "./watch";

export interface SentinelPorts {
  readonly lease: Pick<LeaseStore, "read" | "renew" | "refrain" | "resign" | "take">;
  readonly chain: ChainPorts["chain"];
  readonly ledger: Pick<Ledger, "writableAt"> & ChainPorts["ledger"];
  readonly database: Pick<GlobalDatabase, "status">;
  /** Resolves when this region can accept: journal and queue answer. */
  readonly canAccept: () => Promise<void>;
  /** Rejects where this region's functions are not allowed to ask their ledger; whether it has a writer to answer them is another matter. */
  readonly mayAskLedger: () => Promise<void>;
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
  /** How long the lease has not been renewed, whoever holds it. For people; decides nothing. */
  seen?: Watch;
  /** Monotonic time at which this run last saw the ledger take a write. */
  ledgerSeen?: number;
  /** Looks in a row at which the holder's endpoint gave no answer, while a move needs more than one. */
  deaf?: number;
  /** Where the ledger's fence stood at this tick; undefined: it took no write. */
  fence?: number;
  /** Monotonic time since which this run has seen this region's own writer take no write. */
  silentSince?: number;
  /** Monotonic time since which this run has seen the ledger left behind by the lease, and no move under way in the database. */
  strandedSince?: number;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Longest pause between two looks that still counts as watching: twice the tick and the time that a probe and a read may take. */
const maxGapMs = (renewalMs: number): number => 2 * renewalMs + PROBE_TIMEOUT_MS;

/** Watches or holds the lease for one run, a tick each `renewalMs`. Ends by itself. */
export async function runSentinel(settings: SentinelSettings, ports: SentinelPorts): Promise<void> {
  const { clock, log } = ports;
  const end = clock.monotonic() + settings.runMs;
  const memory: Memory = {};
  for (let tick = clock.monotonic(); tick < end;) {
    const lease = await seen(ports, memory);
    try {
      if (lease) await oneTick(lease, settings, ports, memory);
    } catch (error) {
      // What was seen stays seen: a failover that could not be started is started at the next tick, not after another lapse of the lease.
      log.warn("a tick of the sentinel was not completed", { error });
    }
    tick = Math.max(tick + settings.renewalMs, clock.monotonic());
    await clock.sleep(tick - clock.monotonic());
  }
}

async function seen({ lease, log }: SentinelPorts, memory: Memory): Promise<Lease | undefined> {
  try {
    return await lease.read();
  } catch (error) {
    // No quorum, or a call that hung: nothing was seen, so nothing counts as seen.
    memory.watch = undefined;
    memory.seen = undefined;
    log.warn("the lease can't be read", { error });
    return undefined;
  }
}

async function oneTick(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  report(lease, settings, ports, memory);
  if (lease.holder === settings.region) {
    memory.watch = undefined;
    await hold(lease, settings, ports, memory);
  } else {
    memory.ledgerSeen = undefined;
    memory.silentSince = undefined;
    memory.strandedSince = undefined;
    await watchHolder(lease, settings, ports, memory);
  }
}

/** Tells each tick what was seen: silence means that nothing was, which is bad news. */
function report(lease: Lease, { region, renewalMs }: SentinelSettings, { clock, metrics }: SentinelPorts, memory: Memory): void {
  memory.seen = look(memory.seen, lease, clock.monotonic(), maxGapMs(renewalMs));
  metrics.put("LeaseHeld", lease.holder === region ? 1 : 0);
  metrics.put("LeaseEpoch", lease.epoch);
  metrics.put("LeaseUnrenewed", Math.round(memory.seen.lookedAt - memory.seen.since));
}

/** The holder renews while it is able to do what the lease is for. */
async function hold(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  const { log, metrics } = ports;
  const unfit = await whyUnfit(lease, settings, ports, memory);
  if (unfit !== undefined) {
    log.error("this region holds the lease and does not renew it", { reason: unfit, epoch: lease.epoch });
    return;
  }
  const renewed = await ports.lease.renew(lease.holder, lease.epoch);
  if (renewed === undefined) {
    log.warn("the lease has moved on", { epoch: lease.epoch });
    return;
  }
  metrics.put("LeaseRenewed", 1);
  // A writer that was away and has come back has lost a tail, also where nothing is settled just now.
  if (memory.fence === lease.epoch) await secureChain(lease.epoch, ports);
}

async function whyUnfit(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<string | undefined> {
  memory.fence = undefined;
  try {
    await ports.canAccept();
  } catch (error) {
    return `it can't accept trades: ${error instanceof Error ? error.message : String(error)}`;
  }
  const now = ports.clock.monotonic();
  const fence = await ports.ledger.writableAt();
  memory.fence = fence;
  if (fence !== undefined && fence > lease.epoch) {
    await overtake(lease, fence, ports);
    return `its fence stands at ${fence}, and the lease behind it`;
  }
  if (fence !== undefined) {
    memory.ledgerSeen = now;
    memory.silentSince = undefined;
    // No fence at all: the bootstrap is at work.
    if (fence === 0 || fence === lease.epoch) memory.strandedSince = undefined;
    else await resume(lease, `its fence stands at ${fence}`, settings, ports, memory);
    return undefined;
  }
  memory.silentSince ??= now;
  if (memory.ledgerSeen !== undefined && now - memory.ledgerSeen < settings.leaseLimitMs) return undefined;
  // A promotion or switchover takes minutes on AWS, and a holder that let go meanwhile would hand the lease back and forth.
  const { own, globalStatus, members } = await ports.database.status();
  if (globalStatus === "available" && own.role === "writer") {
    // Seen by this run itself: one that has just begun knows nothing of a failover between instances, which Aurora does within the limit.
    if (now - memory.silentSince >= settings.leaseLimitMs && (await ports.lease.resign(lease.holder, lease.epoch)))
      ports.log.error("this region asks to be relieved of the lease", { epoch: lease.epoch });
    return "its ledger is the writer and takes no writes";
  }
  memory.silentSince = undefined;
  // Not for ever: a database that stays on its way, and that no machine waits for, has been left behind by a move that died.
  const where = globalStatus === "available" ? "its writer is in the other region" : `its database is ${globalStatus}`;
  const inStep = globalStatus === "available" && members.every(({ role, synchronized }) => role === "writer" || synchronized);
  await resume(lease, where, settings, ports, memory, inStep ? () => handedOver(lease, settings, ports) : undefined);
  return undefined;
}

/**
 * Is this the lease's first epoch that the ledger has not followed, and the region that it was handed over from at work? Then nothing is lost that a graceful move would not
 * keep. Only the first: a graceful move that has died once more is no way.
 */
async function handedOver(lease: Lease, { peerReadyUrl }: SentinelSettings, { chain, probe }: SentinelPorts): Promise<boolean> {
  const head = await chain.read();
  if (head === undefined || head.epoch < lease.epoch - 1 || lease.forcedEpoch === lease.epoch) return false;
  return (await probe.get(peerReadyUrl, PROBE_TIMEOUT_MS)) !== undefined;
}

/**
 * The lease's item was lost and made anew, and the ledger remembers more: nothing would ever be settled. The lease is taken from oneself until it has
 * overtaken the fence, an epoch at a time; what follows is a move that was left behind, and is begun again.
 */
async function overtake({ holder, epoch }: Lease, fence: number, { lease, log }: SentinelPorts): Promise<void> {
  log.error("the lease is behind the ledger's fence: its item was made anew", { epoch, fence });
  for (let at = epoch; at <= fence; at++) if ((await lease.take(holder, at)) === undefined) return;
}

/** The ledger has not followed the lease, and nothing moves it: a move has died on its way (its retries used up, say). It is begun again. */
async function resume(
  lease: Lease,
  what: string,
  settings: SentinelSettings,
  ports: SentinelPorts,
  memory: Memory,
  losesNothing: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  const now = ports.clock.monotonic();
  memory.strandedSince ??= now;
  if (now - memory.strandedSince < settings.leaseLimitMs || (await ports.orchestrator.isMoving())) return;
  if (await losesNothing()) {
    const started = await ports.orchestrator.startSwitchover(lease.epoch);
    if (started !== "ended") {
      ports.log.error("switchover begun again", { epoch: lease.epoch, reason: what, started });
      return;
    }
  }
  // Under an epoch of its own: whatever is still on its way of the move that died fails at the store.
  const reason = `the ledger has not followed the lease to epoch ${lease.epoch}: ${what}, and nothing moves it`;
  const started = await ports.orchestrator.startFailover(lease.epoch, reason, settings.trigger);
  ports.log.error("failover begun again", { reason, started });
}

async function watchHolder(lease: Lease, settings: SentinelSettings, ports: SentinelPorts, memory: Memory): Promise<void> {
  memory.watch = look(memory.watch, lease, ports.clock.monotonic(), maxGapMs(settings.renewalMs));
  const verdict = judge(lease, memory.watch, settings);
  const probation = isOnProbation(lease, settings.renewalMs);
  if (verdict === "held") {
    memory.deaf = 0;
    return;
  }
  if (verdict === "ask-the-endpoint" || probation) {
    const answer = await ports.probe.get(settings.peerReadyUrl, PROBE_TIMEOUT_MS);
    memory.deaf = answer === undefined ? (memory.deaf ?? 0) + 1 : 0;
    if (verdict === "ask-the-endpoint" && answer?.status === 200) return;
  }
  if (probation && !isDead(memory.watch, settings, memory)) {
    await ports.lease.refrain(lease.epoch);
    ports.log.error("the lease has lapsed so soon after it was taken by force that another move mends nothing: this is for people", {
      ...lease,
    });
    ports.metrics.put("LeaseNotTaken", 1);
    return;
  }
  const unfit = await whyNotHere(ports);
  if (unfit !== undefined) {
    // What has befallen both regions is not mended by a move.
    ports.log.error("the lease has lapsed, and this region is not fit to take it", { reason: unfit, epoch: lease.epoch });
    ports.metrics.put("LeaseNotTaken", 1);
    return;
  }
  const unchangedMs = Math.round(memory.watch.lookedAt - memory.watch.since);
  const reason = `lease of ${lease.holder} at epoch ${lease.epoch} unchanged for ${unchangedMs} ms${verdict === "lapsed" ? "" : " and its endpoint does not answer"}`;
  const started = await ports.orchestrator.startFailover(lease.epoch, reason, settings.trigger, lease.renewals);
  ports.log.warn("failover", { reason, started });
}

/** So often in a row nothing answers in a region that is gone. A function that froze, or a slow one, costs one. */
const DEAF_LOOKS = 3;

/** Gone, as far as can be told from here: it has not renewed for the lease's length, and gives no answer at all, not even that it is unfit. */
const isDead = ({ since, lookedAt }: Watch, { leaseLengthMs }: LapseLimits, { deaf = 0 }: Memory): boolean =>
  lookedAt - since >= leaseLengthMs && deaf >= DEAF_LOOKS;

/** The same check that a holder must pass, as far as a region can that has no writer; undefined: it is fit. */
async function whyNotHere({ canAccept, mayAskLedger, database }: SentinelPorts): Promise<string | undefined> {
  try {
    await Promise.all([canAccept(), mayAskLedger(), database.status()]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
