/**
 * What the program registers, as far as the world behaves by it. `tests/simulation` holds each figure against the program's registrations;
 * what `Pulumi.yaml` gives a default for is read from there.
 */
export interface RtoSettings {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
  readonly leaseLengthSeconds: number;
  readonly leaseRenewalSeconds: number;
  readonly leaseLimitSeconds: number;
  readonly maxSwitchoverLagSeconds: number;
}

export const PRIMARY = "us-east-1";
export const STANDBY = "us-east-2";
export const WITNESS = "us-west-2";
export const PUBLIC_NAME = "trade.example.com";
export const STAGE = "v1";
export const urlOf = (region: string): string => `https://${region}.api.example/${STAGE}`;
export const queueUrlOf = (region: string): string => `https://sqs/${region}`;
export const peerOf = (region: string): string => (region === PRIMARY ? STANDBY : PRIMARY);

/** Seconds that a function may run. */
export const FUNCTION_TIMEOUTS = {
  "trade-intake": 15,
  "trade-query": 10,
  health: 5,
  control: 5,
  "trade-processor": 30,
  reconciler: 60,
  "lease-step": 20,
  "database-step": 30,
  validator: 60,
  sentinel: 125,
  readiness: 90,
} as const;
export type FunctionName = keyof typeof FUNCTION_TIMEOUTS;

export const QUEUE = { visibilityMs: 180_000, deliveries: 10, batchSize: 100, windowMs: 1_000 } as const;

export const TABLES = [
  {
    name: "trade-journal",
    key: "tradeId",
    consistency: "strong",
    indexes: {
      pending: { partition: "pendingShard", sort: "acceptedAt" },
      settled: { partition: "settledShard", sort: "settledSeq" },
      byAccount: { partition: "accountId", sort: "acceptedAt" },
    },
  },
  { name: "trade-lease", key: "leaseId", consistency: "strong", indexes: {} },
  { name: "trade-sessions", key: "accountId", consistency: "eventual", indexes: {} },
] as const;

/** Thresholds of the alarms, and for how many minutes in a row. */
export const ALARMS = {
  queueAge: { overSeconds: 60, minutes: 3 },
  deadLetters: { over: 0, minutes: 1 },
  apiErrors: { over: 5, minutes: 1 },
  /** Over the lease's length. */
  leaseNotRenewed: { minutes: 1 },
} as const;

/** Environment variables of a region's functions, by the names that the program gives them. */
export function variables(region: string, rto: RtoSettings, clusterArn: (region: string) => string): Record<string, string> {
  const peer = peerOf(region);
  return {
    AWS_REGION: region,
    PEER_REGION: peer,
    METRICS_NAMESPACE: "TradeFailover",
    PRIMARY_REGION: PRIMARY,
    LEASE_TABLE: "trade-lease",
    JOURNAL_TABLE: "trade-journal",
    SESSIONS_TABLE: "trade-sessions",
    TRADE_QUEUE_URL: queueUrlOf(region),
    PEER_TRADE_QUEUE_URL: queueUrlOf(peer),
    LEDGER_CLUSTER_ARN: clusterArn(region),
    LEDGER_SECRET_ARN: "secret",
    LEDGER_DATABASE: "trading",
    AUDIT_BUCKET: `audit-${region}`,
    EVENT_BUS_NAME: `events-${region}`,
    GLOBAL_CLUSTER_ID: "ledger",
    CLUSTER_IDENTIFIER: `ledger-${region}`,
    LEASE_LENGTH_SECONDS: String(rto.leaseLengthSeconds),
    LEASE_RENEWAL_SECONDS: String(rto.leaseRenewalSeconds),
    LEASE_LIMIT_SECONDS: String(rto.leaseLimitSeconds),
    MAX_SWITCHOVER_LAG_SECONDS: String(rto.maxSwitchoverLagSeconds),
    PUBLIC_URL: `https://${PUBLIC_NAME}`,
    OWN_URL: urlOf(region),
    PEER_URL: urlOf(peer),
    FAILOVER_STATE_MACHINE_ARN: `arn:aws:states:${region}:123456789012:stateMachine:failover`,
    SWITCHOVER_STATE_MACHINE_ARN: `arn:aws:states:${region}:123456789012:stateMachine:switchover`,
  };
}
