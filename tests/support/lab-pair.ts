import { PAIR_PORTS, RegionPair, type PairOptions } from "../../lab/region/pair";
import { claimFreePorts } from "../../lab/setup/ports";

export const REGIONS = ["us-east-1", "us-east-2"] as const;
export const GLOBAL_CLUSTER = "ledger";
export const arnOf = (region: string): string => `arn:aws:rds:${region}:000000000000:cluster:ledger-${region}`;

export async function somePair(options: Partial<PairOptions> = {}): Promise<RegionPair> {
  const { base: basePort } = await claimFreePorts(PAIR_PORTS);
  return new RegionPair({ regions: REGIONS, basePort, failoverDelayMs: 300, rebuildDelayMs: 2_000, ...options });
}

/** Tells a front of its cluster, as the program's provisioning would. */
export async function wire({ region, endpoint }: { readonly region: string; readonly endpoint: string }): Promise<void> {
  const wiring = {
    mrscTables: [],
    mrecTables: {},
    bucketReplication: {},
    eventForwarding: [],
    aurora: { globalClusterId: GLOBAL_CLUSTER, clusterIdentifier: `ledger-${region}`, clusterArn: arnOf(region), database: "trading" },
    api: { restApiId: "", stage: "" },
  };
  const response = await fetch(`${endpoint}/_lab/wire`, { method: "POST", body: JSON.stringify(wiring) });
  if (!response.ok) throw new Error(await response.text());
}

/** Of a client of the region, or of one that signs for another. */
export const clientConfig = ({ region, endpoint }: { readonly region: string; readonly endpoint: string }, as = region) => ({
  region: as,
  endpoint,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
});
