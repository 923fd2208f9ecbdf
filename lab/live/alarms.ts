/**
 * What the stack's alarms would say of what is to be seen here. CloudWatch judges them on AWS, from metrics; this page judges those that show from outside,
 * by the same thresholds. Each has its section in docs/RUNBOOK.md.
 */
import type { Settings } from "../../components/settings/settings";
import type { RegionView, Snapshot } from "../drill/observe";
import type { LabEvent } from "../types";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface AlarmNews {
  readonly region: string;
  readonly name: string;
  readonly state: AlarmState;
}

/** What an alarm of one region looks at. */
interface Seen {
  readonly snapshot: Snapshot;
  readonly region: RegionView;
  /** Milliseconds since the lease was last seen to be renewed. */
  readonly unrenewedMs: number;
  /** A move has ended without success here a short while ago. */
  readonly moveFailed: boolean;
}

type Thresholds = Pick<Settings, "rto" | "alarms">;

interface Alarm {
  readonly name: string;
  /** Milliseconds for which it must be so. */
  readonly forMs: number;
  /** Undefined: can't be seen now. */
  readonly breaches: (seen: Seen, thresholds: Thresholds) => boolean | undefined;
}

const MOST_PENDING = 100;
const REMEMBERED_MS = 300_000;

const isDown = ({ region }: Seen): boolean => region.process !== "running";
const isPassive = ({ snapshot: { lease }, region }: Seen): boolean | undefined => lease && lease.holder !== region.region;
const isBehind = ({ region: { lagMs } }: Seen, { alarms }: Thresholds): boolean | undefined =>
  lagMs === undefined ? undefined : lagMs > alarms.replicationLagMs;

export const ALARMS: readonly Alarm[] = [
  { name: "site-down", forMs: 10_000, breaches: isDown },
  {
    name: "lease-not-renewed",
    forMs: 0,
    breaches: (seen, { rto }) => (isDown(seen) ? undefined : seen.unrenewedMs > rto.leaseLengthSeconds * 1000),
  },
  { name: "passive", forMs: 0, breaches: isPassive },
  {
    name: "queue-age",
    forMs: 60_000,
    breaches: ({ region: { queue } }) => queue && queue.waiting + queue.inFlight > 0,
  },
  {
    name: "trades-pending",
    forMs: 60_000,
    breaches: ({ snapshot: { pending } }) => (pending === undefined ? undefined : pending > MOST_PENDING),
  },
  { name: "replication-lag", forMs: 0, breaches: (seen, thresholds) => (isPassive(seen) === true ? isBehind(seen, thresholds) : false) },
  {
    name: "ledger-copy-behind",
    forMs: 0,
    // Silence counts as bad news, as on AWS.
    breaches: (seen, thresholds) => isPassive(seen) === true && (isBehind(seen, thresholds) ?? true),
  },
  { name: "move-failed", forMs: 0, breaches: ({ moveFailed }) => moveFailed },
];

/** Remembers for how long something has been so. */
export class AlarmBoard {
  private readonly since = new Map<string, number>();
  private readonly failedAt = new Map<string, number>();
  private renewal: { readonly of: string; readonly at: number } | undefined;

  constructor(private readonly thresholds: Thresholds) {}

  /** An event of the timeline: a move that failed is remembered for a while. */
  heard({ region, event, detail, atMs }: LabEvent): void {
    if (["failover", "switchover"].includes(event) && /^execution \S+ (FAILED|TIMED_OUT|ABORTED)\b/.test(detail))
      this.failedAt.set(region, atMs);
  }

  /** `atMs`: the timeline's time. */
  look(snapshot: Snapshot, atMs: number): AlarmNews[] {
    const { lease } = snapshot;
    const of = lease === undefined ? "" : `${lease.epoch}/${lease.renewals}`;
    if (this.renewal?.of !== of) this.renewal = { of, at: atMs };
    const unrenewedMs = atMs - this.renewal.at;
    return snapshot.regions.flatMap((region) => {
      const failed = this.failedAt.get(region.region);
      const moveFailed = failed !== undefined && atMs - failed < REMEMBERED_MS;
      return ALARMS.map((alarm) => this.state(alarm, { snapshot, region, unrenewedMs, moveFailed }, atMs));
    });
  }

  private state({ name, forMs, breaches }: Alarm, seen: Seen, atMs: number): AlarmNews {
    const { region } = seen.region;
    const key = `${region} ${name}`;
    const bad = breaches(seen, this.thresholds);
    if (bad !== true) {
      this.since.delete(key);
      return { region, name, state: bad === undefined ? "INSUFFICIENT_DATA" : "OK" };
    }
    const since = this.since.get(key) ?? atMs;
    this.since.set(key, since);
    return { region, name, state: atMs - since >= forMs ? "ALARM" : "OK" };
  }
}
