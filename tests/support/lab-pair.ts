import { RegionPair, type PairOptions } from "../../lab/region/pair";

/** Below the ports that systems give out by themselves; at random, so that two runs at once don't meet. */
export const someBasePort = (): number => 20_000 + 20 * Math.floor(Math.random() * 500);

export const REGIONS = ["us-east-1", "us-east-2"] as const;
export const GLOBAL_CLUSTER = "ledger";
export const arnOf = (region: string): string => `arn:aws:rds:${region}:000000000000:cluster:ledger-${region}`;

export function somePair(options: Partial<PairOptions> = {}): RegionPair {
  return new RegionPair({ regions: REGIONS, basePort: someBasePort(), failoverDelayMs: 300, rebuildDelayMs: 2_000, ...options });
}

/** Tells a front of its cluster, as the program's provisioning would. */
export async function wire({ region, endpoint }: { readonly region: string; readonly endpoint: string }): Promise<void> {
  const wiring = {
    mrscTables: [],
    mrecTables: [],
    bucketReplication: {},
    eventForwarding: [],
    aurora: { globalClusterId: GLOBAL_CLUSTER, clusterIdentifier: `ledger-${region}`, clusterArn: arnOf(region), database: "trading" },
    api: { restApiId: "", stage: "" },
  };
  const response = await fetch(`${endpoint}/_lab/wire`, { method: "POST", body: JSON.stringify(wiring) });
  if (!response.ok) throw new Error(await response.text());
}
