/**
 * Route 53's rules as a pure function: records and the health of checks in, one answer out. The rules are AWS's, from "How Amazon Route 53
 * determines whether a health check is healthy" and "How Amazon Route 53 chooses records when health checking is configured".
 */

/** More than 18 % of the checkers must see an endpoint healthy. */
export const AGREEMENT = 0.18;

export type Policy =
  | { readonly kind: "simple" }
  | { readonly kind: "failover"; readonly role: "PRIMARY" | "SECONDARY" }
  | { readonly kind: "weighted"; readonly weight: number }
  | { readonly kind: "latency"; readonly region: string };

export interface DnsRecord {
  /** Lower case, without a final dot. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
  readonly setIdentifier: string;
  readonly policy: Policy;
  readonly healthCheckId?: string;
}

interface CheckBase {
  readonly id: string;
  /** Name that the program gave it, for people. */
  readonly name: string;
  readonly inverted: boolean;
  readonly disabled: boolean;
}

export interface EndpointCheck extends CheckBase {
  readonly kind: "endpoint";
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly threshold: number;
  /** The answer's first 5,120 bytes must contain this. */
  readonly searchString?: string;
}

export interface CalculatedCheck extends CheckBase {
  readonly kind: "calculated";
  readonly children: readonly string[];
  /** At least so many children must be healthy. */
  readonly healthThreshold: number;
}

/** A check of a CloudWatch alarm: none is evaluated, it counts as healthy. */
export interface AlarmCheck extends CheckBase {
  readonly kind: "alarm";
}

export type HealthCheck = EndpointCheck | CalculatedCheck | AlarmCheck;

/** How many of the checkers see an endpoint healthy. */
export interface Agreement {
  readonly healthy: number;
  readonly total: number;
}

export interface World {
  readonly checks: ReadonlyMap<string, HealthCheck>;
  /** By check id; a check without one is new: healthy before inversion. */
  readonly agreements: ReadonlyMap<string, Agreement>;
}

/** Route 53's verdict on a check. Inversion comes last, also for disabled and new checks. An unknown check is healthy. */
export function isHealthy(world: World, checkId: string, seen: readonly string[] = []): boolean {
  const check = world.checks.get(checkId);
  if (check === undefined || seen.includes(checkId)) return true;
  const plain = check.disabled || verdict(world, check, [...seen, checkId]);
  return check.inverted ? !plain : plain;
}

function verdict(world: World, check: HealthCheck, seen: readonly string[]): boolean {
  switch (check.kind) {
    case "endpoint": {
      const agreement = world.agreements.get(check.id);
      return agreement === undefined || agreement.total === 0 || agreement.healthy / agreement.total > AGREEMENT;
    }
    case "calculated":
      return check.children.filter((child) => isHealthy(world, child, seen)).length >= check.healthThreshold;
    case "alarm":
      return true;
  }
}

export interface Asker {
  /** Region that the asker is nearest to, for latency routing. */
  readonly near?: string;
  /** In [0, 1): which of several weighted records. */
  readonly draw: number;
}

/** A record, and how often it is the answer: shares of all that answer add up to 1. */
export interface Share {
  readonly record: DnsRecord;
  readonly share: number;
}

/** The record that answers for this name; undefined if there is none. */
export function choose(records: readonly DnsRecord[], world: World, name: string, { near, draw }: Asker): DnsRecord | undefined {
  const answering = shares(records, world, name, near);
  let left = draw;
  for (const { record, share } of answering) {
    left -= share;
    if (left < 0) return record;
  }
  return answering.at(-1)?.record;
}

/** All records that may answer for this name. Where all candidates are unhealthy, all count as healthy. */
export function shares(records: readonly DnsRecord[], world: World, name: string, near?: string): readonly Share[] {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const candidates = records.filter((record) => record.name === wanted);
  const healthy = candidates.filter((record) => isServing(record, world));
  const kind = candidates[0]?.policy.kind;
  switch (kind) {
    case undefined:
      return [];
    case "simple":
      return always(candidates[0]);
    case "failover":
      return always(withRole(healthy, "PRIMARY") ?? withRole(healthy, "SECONDARY") ?? withRole(candidates, "PRIMARY") ?? candidates[0]);
    case "weighted":
      return byWeight(healthy.length > 0 ? healthy : candidates);
    case "latency":
      return always(nearest(healthy.length > 0 ? healthy : candidates, near));
  }
}

/** Does Route 53 take what the record leads to for healthy? */
export const isServing = ({ healthCheckId }: DnsRecord, world: World): boolean =>
  healthCheckId === undefined || isHealthy(world, healthCheckId);

const always = (record: DnsRecord | undefined): readonly Share[] => (record === undefined ? [] : [{ record, share: 1 }]);

const withRole = (records: readonly DnsRecord[], role: "PRIMARY" | "SECONDARY"): DnsRecord | undefined =>
  records.find((record) => record.policy.kind === "failover" && record.policy.role === role);

const weightOf = (record: DnsRecord): number => (record.policy.kind === "weighted" ? record.policy.weight : 0);

/** Records of weight 0 answer only where there is none above it, and then all alike. */
function byWeight(records: readonly DnsRecord[]): readonly Share[] {
  const weighty = records.filter((record) => weightOf(record) > 0);
  if (weighty.length === 0) return records.map((record) => ({ record, share: 1 / records.length }));
  const total = weighty.reduce((sum, record) => sum + weightOf(record), 0);
  return weighty.map((record) => ({ record, share: weightOf(record) / total }));
}

/** Degrees north and east, to say which of two regions is nearer; a stand-in for AWS's latency measurements. */
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  "us-east-1": [38.9, -77.5],
  "us-east-2": [40, -83],
  "us-west-1": [37.4, -122],
  "us-west-2": [45.8, -119.7],
  "eu-west-1": [53.3, -6.3],
  "eu-west-2": [51.5, -0.1],
  "eu-west-3": [48.9, 2.4],
  "eu-central-1": [50.1, 8.7],
  "ap-northeast-1": [35.7, 139.7],
  "ap-northeast-2": [37.6, 127],
  "ap-northeast-3": [34.7, 135.5],
};

/** Central angle between two regions; unknown regions are far from everything but themselves. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  const [from, to] = [PLACES[a], PLACES[b]];
  if (from === undefined || to === undefined) return Number.POSITIVE_INFINITY;
  const [lat1, lon1, lat2, lon2] = [...from, ...to].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number, number];
  return Math.acos(Math.min(1, Math.sin(lat1) * Math.sin(lat2) + Math.cos(lat1) * Math.cos(lat2) * Math.cos(lon1 - lon2)));
}

function nearest(records: readonly DnsRecord[], near: string | undefined): DnsRecord | undefined {
  if (near === undefined) return records[0];
  const far = (record: DnsRecord): number =>
    record.policy.kind === "latency" ? distance(record.policy.region, near) : Number.POSITIVE_INFINITY;
  return records.reduce<DnsRecord | undefined>(
    (best, record) => (best === undefined || far(record) < far(best) ? record : best),
    undefined,
  );
}
