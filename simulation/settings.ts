/**
 * What the program registers, as far as the world behaves by it. `tests/simulation` holds each figure against the program's registrations;
 * what `Pulumi.yaml` gives a default for is read from there.
 */
import { variablesOf, type OptionalVariable, type Variable } from "../contract/environment";
import { LEDGER_DATABASE } from "../contract/ledger";
import { NAMESPACE } from "../contract/metrics";
import { FUNCTIONS, type FunctionName } from "../contract/placement";
import { API_STAGE } from "../contract/routes";
import type { KnownCaller } from "../contract/callers";
import { JOURNAL, LEASE, SESSIONS } from "../contract/tables";
import { platformOf, STRANGER, TRADERS } from "./traffic/callers";

export interface RtoSettings {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
  readonly budgetSeconds: number;
  readonly leaseLengthSeconds: number;
  readonly leaseRenewalSeconds: number;
  readonly leaseLimitSeconds: number;
  readonly maxSwitchoverLagSeconds: number;
}

export const PRIMARY = "us-east-1";
export const STANDBY = "us-east-2";
export const WITNESS = "us-west-2";
export const PUBLIC_NAME = "trade.example.com";
export const urlOf = (region: string): string => `https://${region}.api.example/${API_STAGE}`;
export const queueUrlOf = (region: string): string => `https://sqs/${region}`;
export const peerOf = (region: string): string => (region === PRIMARY ? STANDBY : PRIMARY);

/** The functions that the world runs. */
export const SIMULATED = [
  "trade-intake",
  "trade-query",
  "health",
  "control",
  "trade-processor",
  "reconciler",
  "lease-step",
  "database-step",
  "validator",
  "sentinel",
  "readiness",
] as const satisfies readonly FunctionName[];

export const QUEUE = { visibilityMs: 180_000, deliveries: 10, batchSize: 100, windowMs: 1_000 } as const;

export const TABLES = [
  { name: "trade-journal", ...JOURNAL },
  { name: "trade-lease", ...LEASE },
  { name: "trade-sessions", ...SESSIONS },
] as const;

/** Thresholds of the alarms, and for how many minutes in a row. */
export const ALARMS = {
  queueAge: { overSeconds: 60, minutes: 3 },
  deadLetters: { over: 0, minutes: 1 },
  apiErrors: { over: 5, minutes: 1 },
  /** Over the lease's length. */
  leaseNotRenewed: { minutes: 1 },
} as const;

type Simulated = (typeof FUNCTIONS)[(typeof SIMULATED)[number]]["uses"][number]["name"];

const CALLERS: readonly KnownCaller[] = [TRADERS, STRANGER, platformOf(PRIMARY), platformOf(STANDBY)].map(({ role: id, accounts }) => ({
  id,
  accounts,
}));

/** Every variable that a function of a region may be given, by the values that the world has for it. What only some stacks set is not set. */
function values(
  region: string,
  rto: RtoSettings,
  clusterArn: (region: string) => string,
): Readonly<Record<Exclude<Variable<Simulated>, OptionalVariable>, string>> {
  const peer = peerOf(region);
  return {
    PEER_REGION: peer,
    METRICS_NAMESPACE: NAMESPACE,
    LEASE_TABLE: "trade-lease",
    JOURNAL_TABLE: "trade-journal",
    SESSIONS_TABLE: "trade-sessions",
    TRADE_QUEUE_URL: queueUrlOf(region),
    PEER_TRADE_QUEUE_URL: queueUrlOf(peer),
    LEDGER_CLUSTER_ARN: clusterArn(region),
    LEDGER_SECRET_ARN: "secret",
    LEDGER_DATABASE,
    LEDGER_ENGINE: "aurora-postgresql",
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
    NAME_FOLLOWS_LEASE: "true",
    API_AUTH: "iam",
    CALLERS: JSON.stringify(CALLERS),
    FAILOVER_STATE_MACHINE_ARN: `arn:aws:states:${region}:123456789012:stateMachine:failover`,
    SWITCHOVER_STATE_MACHINE_ARN: `arn:aws:states:${region}:123456789012:stateMachine:switchover`,
  };
}

/** The environment of each function of a region: the variables of what it uses, and no other. */
export function environments(
  region: string,
  rto: RtoSettings,
  clusterArn: (region: string) => string,
): Readonly<Record<(typeof SIMULATED)[number], Record<string, string>>> {
  const all: Readonly<Partial<Record<Variable, string>>> = values(region, rto, clusterArn);
  const of = (name: (typeof SIMULATED)[number]) =>
    variablesOf(FUNCTIONS[name].uses).flatMap((variable) => {
      const value = all[variable];
      return value === undefined ? [] : [[variable, value] as const];
    });
  return Object.fromEntries(
    SIMULATED.map((name) => [name, { AWS_REGION: region, ...Object.fromEntries(of(name)) }]),
  ) as unknown as ReturnType<typeof environments>;
}
