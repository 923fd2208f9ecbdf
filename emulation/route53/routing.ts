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

/** The record that answers for this name; undefined if there is none. Where all candidates are unhealthy, all count as healthy. */
export function choose(records: readonly DnsRecord[], world: World, name: string, asker: Asker): DnsRecord | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const candidates = records.filter((record) => record.name === wanted);
  const healthy = candidates.filter((record) => record.healthCheckId === undefined || isHealthy(world, record.healthCheckId));
  const kind = candidates[0]?.policy.kind;
  switch (kind) {
    case undefined:
      return undefined;
    case "simple":
      return candidates[0];
    case "failover":
      return withRole(healthy, "PRIMARY") ?? withRole(healthy, "SECONDARY") ?? withRole(candidates, "PRIMARY") ?? candidates[0];
    case "weighted":
      return byWeight(healthy, candidates, asker.draw);
    case "latency":
      return nearest(healthy.length > 0 ? healthy : candidates, asker.near);
  }
}

const withRole = (records: readonly DnsRecord[], role: "PRIMARY" | "SECONDARY"): DnsRecord | undefined =>
  records.find((record) => record.policy.kind === "failover" && record.policy.role === role);

const weightOf = (record: DnsRecord): number => (record.policy.kind === "weighted" ? record.policy.weight : 0);

/** Weights above 0 first; records of weight 0 answer only when all others are unhealthy. */
function byWeight(healthy: readonly DnsRecord[], all: readonly DnsRecord[], draw: number): DnsRecord | undefined {
  const weighty = healthy.filter((record) => weightOf(record) > 0);
  if (weighty.length > 0) return drawn(weighty, draw);
  if (healthy.length > 0) return evenly(healthy, draw);
  const anyWeighty = all.filter((record) => weightOf(record) > 0);
  return anyWeighty.length > 0 ? drawn(anyWeighty, draw) : evenly(all, draw);
}

const evenly = (records: readonly DnsRecord[], draw: number): DnsRecord | undefined => records[Math.floor(draw * records.length)];

function drawn(records: readonly DnsRecord[], draw: number): DnsRecord | undefined {
  let left = draw * records.reduce((sum, record) => sum + weightOf(record), 0);
  for (const record of records) {
    left -= weightOf(record);
    if (left < 0) return record;
  }
  return records[records.length - 1];
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
