import type { Clock, HttpProbe, LeaseStore, Ledger, Log, MoveKind, Moves } from "../ports";
import type { Lease } from "./model";
import { judge, look } from "./watch";

export interface RegionSwitchPorts {
  readonly lease: Pick<LeaseStore, "read">;
  readonly ledger: Pick<Ledger, "writableAt">;
  readonly probe: Pick<HttpProbe, "get">;
  readonly moves: Moves;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RegionSwitchSettings {
  /** The region that is asked to become active: the one in which this runs. */
  readonly region: string;
  /** A URL of the other region that answers 200 while that region can accept. */
  readonly peerReadyUrl: string;
  /** A lease that was not renewed for so long says nothing any more for its holder, whose endpoint is asked then: the lease's length. */
  readonly silenceMs: number;
}

export interface Switched {
  readonly active: true;
  readonly region: string;
  readonly epoch: number;
}

/** Not yet: the caller shall come again. ARC shows the message beside its step, and runs the step's function anew at its interval. */
export class MoveUnderWay extends Error {
  override readonly name = "MoveUnderWay";
}

const LOOK_MS = 1_000;
const PROBE_TIMEOUT_MS = 2_000;
/** Longest pause between two looks that still counts as watching. */
const MAX_GAP_MS = 2 * LOOK_MS + PROBE_TIMEOUT_MS;
/** The same for every start of one name, so that a second one is the same execution. */
const REASON = "a plan of ARC Region switch activates this region";

/**
 * Makes this region the active one, a call at a time: answers when it is, else starts the move that fits, or finds it under way, and says so by
 * {@link MoveUnderWay}. The lease is not touched here: the machines take it, conditional on the epoch that was read.
 * @throws MoveUnderWay as long as the region is not active; any other error when that can't be told
 */
export async function switchRegion(settings: RegionSwitchSettings, ports: RegionSwitchPorts): Promise<Switched> {
  const lease = await ports.lease.read();
  if (lease === undefined) throw new Error("there is no lease: the stack's first deployment has not ended");
  const standing = await ports.moves.standing(lease.epoch);
  if (standing === "running") throw new MoveUnderWay(`a move to ${settings.region} is running`);
  if (lease.holder !== settings.region) {
    const gone = await whyGone(lease, settings, ports);
    return gone === undefined ? begin("switchover", lease, `${lease.holder} is at work`, ports) : begin("failover", lease, gone, ports);
  }
  // A move that took the lease and died: begun again under an epoch of its own, as by an operator or the sentinel.
  if (standing === "failed") return begin("failover", lease, `the move to epoch ${lease.epoch} has failed`, ports);
  const fence = await ports.ledger.writableAt();
  if (fence === undefined || fence < lease.epoch)
    throw new MoveUnderWay(
      `${settings.region} holds the lease at epoch ${lease.epoch}, and its ledger ${fence === undefined ? "takes no writes" : `stands at ${fence}`}: its sentinel begins the move again`,
    );
  return { active: true, region: settings.region, epoch: lease.epoch };
}

/** Starts the machine, and never claims that it has done its work. */
async function begin(kind: MoveKind, { epoch }: Lease, why: string, { moves, log }: RegionSwitchPorts): Promise<never> {
  const started = await moves.start(kind, epoch, REASON);
  log.warn(kind, { reason: REASON, why, started });
  throw new MoveUnderWay(`${kind} to epoch ${epoch + 1} ${started === "started" ? "was started" : "is running"}: ${why}`);
}

/**
 * Can the holder still hand over? It is judged as the sentinel does: renewed means alive, and a lease that was not renewed for its length is asked
 * after at the holder's endpoint. Undefined: it is at work.
 */
async function whyGone(
  lease: Lease,
  settings: RegionSwitchSettings,
  { lease: store, probe, clock }: RegionSwitchPorts,
): Promise<string | undefined> {
  let watch = look(undefined, lease, clock.monotonic(), MAX_GAP_MS);
  for (let seen = lease; ;) {
    const verdict = judge(seen, watch, { leaseLengthMs: settings.silenceMs, leaseLimitMs: Number.POSITIVE_INFINITY });
    if (verdict === "lapsed") return `${lease.holder} has asked to be relieved`;
    if (verdict === "ask-the-endpoint") {
      const answer = await probe.get(settings.peerReadyUrl, PROBE_TIMEOUT_MS);
      if (answer?.status === 200) return undefined;
      const unchangedMs = Math.round(watch.lookedAt - watch.since);
      return `the lease of ${lease.holder} was not renewed for ${unchangedMs} ms, and its endpoint does not answer`;
    }
    await clock.sleep(LOOK_MS);
    const now = await store.read();
    if (now === undefined || now.epoch !== lease.epoch) throw new MoveUnderWay("the lease has just moved");
    if (now.renewals !== lease.renewals) return undefined;
    watch = look(watch, now, clock.monotonic(), MAX_GAP_MS);
    seen = now;
  }
}
