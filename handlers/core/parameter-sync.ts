import type { LeaseStore, Log, Metrics, Parameters, PeerParameters } from "../ports";

export interface ParameterSyncPorts {
  readonly lease: Pick<LeaseStore, "read">;
  /** This region's shared parameters. */
  readonly own: Parameters;
  /** The other region's. */
  readonly peer: PeerParameters;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
}

/**
 * `passive`: this region does not hold the lease, the other one copies. `same`: nothing to do. `superseded`: the other region's copy was written under
 * a later epoch, or the lease moved meanwhile; this caller is late.
 */
export type SyncOutcome = "passive" | "same" | "copied" | "removed" | "superseded";

export interface SweepResult {
  readonly looked: number;
  readonly copied: readonly string[];
  readonly superseded: readonly string[];
}

/**
 * Makes the other region's parameter what this region's is, whatever the event said that came with it: events may be late, double or out of order.
 * Only the lease's holder copies, and only what differs: a copy's own event finds nothing to do, in either region.
 */
export async function syncParameter(name: string, ports: ParameterSyncPorts): Promise<SyncOutcome> {
  const { lease, own, peer, log, region } = ports;
  const before = await lease.read();
  if (before?.holder !== region) return "passive";
  const [here, there] = await Promise.all([own.read(name), peer.read(name)]);
  if (here === undefined && there === undefined) return "same";
  if (here !== undefined && there?.type === here.type && there.value === here.value) return "same";
  const { epoch } = before;
  // Parameter Store knows no conditional write: these two looks, right before it, are what there is.
  const copiedUnder = there && (await peer.copiedUnder(name));
  const still = await lease.read();
  if (still?.holder !== region || still.epoch !== epoch || (copiedUnder ?? 0) > epoch) {
    log.warn("a parameter is not copied: this region is late", { name, epoch, copiedUnder, lease: still?.epoch });
    return "superseded";
  }
  if (here) await peer.write(name, here, epoch);
  else await peer.remove(name);
  return confirm(name, epoch, here ? "copied" : "removed", ports);
}

/** A write that a move of the lease has overtaken can't be taken back safely; it is said aloud, and the parameter's history has both values. */
async function confirm(
  name: string,
  epoch: number,
  done: "copied" | "removed",
  { lease, log, metrics, region }: ParameterSyncPorts,
): Promise<SyncOutcome> {
  const after = await lease.read();
  if (after?.holder === region && after.epoch === epoch) {
    log.info(`parameter ${done}`, { name, epoch });
    return done;
  }
  metrics.put("ParameterCopyOvertaken", 1);
  log.error("the lease moved while a parameter was copied: compare both regions' values", { name, epoch, now: after?.epoch });
  return "superseded";
}

/**
 * Copies all that differs, for changes whose events never came to anything, such as those of a time without the other region. It removes nothing: what
 * is only in the other region may be what that region wrote last and could not send.
 * @throws after all parameters have been looked at, when any of them could not be copied
 */
export async function sweepParameters(ports: ParameterSyncPorts): Promise<SweepResult> {
  const held = await ports.lease.read();
  if (held?.holder !== ports.region) return { looked: 0, copied: [], superseded: [] };
  const names = await ports.own.names();
  const copied: string[] = [];
  const superseded: string[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      const outcome = await syncParameter(name, ports);
      if (outcome === "copied") copied.push(name);
      if (outcome === "superseded") superseded.push(name);
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`${failures.length} of ${names.length} parameters were not copied: ${failures.join("; ")}`);
  return { looked: names.length, copied, superseded };
}
