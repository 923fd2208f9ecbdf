import { PROCESSOR_TIMEOUT_SECONDS } from "../messaging/trade-queue";
import type { Settings } from "../../settings/settings";
import type { Variable } from "./function-variables";
import type { Grants } from "./site-permissions";

/** What one function is given. */
export interface Shape {
  readonly grants: readonly Grants[];
  readonly needs: readonly Variable[];
  readonly timeoutSeconds: number;
  readonly memoryMb?: number;
}

const LEDGER: readonly Variable[] = ["LEDGER_CLUSTER_ARN", "LEDGER_SECRET_ARN", "LEDGER_DATABASE"];
const DATABASE: readonly Variable[] = ["GLOBAL_CLUSTER_ID", "CLUSTER_IDENTIFIER", "LEDGER_CLUSTER_ARN"];

/** Functions that answer the API: made before it, so they know no address. */
export const API_FUNCTIONS = {
  "trade-intake": { grants: ["journalWrite", "queueSend"], needs: ["JOURNAL_TABLE", "TRADE_QUEUE_URL"], timeoutSeconds: 15 },
  "trade-query": { grants: ["journalRead", "journalIndex"], needs: ["JOURNAL_TABLE"], timeoutSeconds: 10 },
  health: { grants: ["journalRead", "queueLook"], needs: ["JOURNAL_TABLE", "TRADE_QUEUE_URL"], timeoutSeconds: 5 },
  control: { grants: ["leaseRead"], needs: ["LEASE_TABLE"], timeoutSeconds: 5 },
} as const satisfies Record<string, Shape>;

const OTHER_FUNCTIONS = {
  "trade-processor": {
    grants: [
      "leaseRead",
      "ledgerHead",
      "ledger",
      "journalRead",
      "journalReadMany",
      "journalMark",
      "queueConsume",
      "peerQueueSend",
      "auditWrite",
      "sessionsWrite",
      "eventsPut",
    ],
    needs: [
      "METRICS_NAMESPACE",
      "PEER_REGION",
      "LEASE_TABLE",
      "JOURNAL_TABLE",
      "SESSIONS_TABLE",
      "TRADE_QUEUE_URL",
      "PEER_TRADE_QUEUE_URL",
      "AUDIT_BUCKET",
      "EVENT_BUS_NAME",
      ...LEDGER,
    ],
    timeoutSeconds: PROCESSOR_TIMEOUT_SECONDS,
    memoryMb: 1024,
  },
  reconciler: {
    grants: ["leaseRead", "ledgerHead", "ledger", "journalMark", "journalIndex", "queueSend"],
    needs: ["METRICS_NAMESPACE", "LEASE_TABLE", "JOURNAL_TABLE", "TRADE_QUEUE_URL", ...LEDGER],
    timeoutSeconds: 60,
    memoryMb: 1024,
  },
  bootstrap: {
    grants: ["leaseCreate", "ledgerHead", "ledger"],
    needs: ["METRICS_NAMESPACE", "PRIMARY_REGION", "LEASE_TABLE", ...LEDGER],
    timeoutSeconds: 120,
  },
  "parameter-sync": {
    grants: ["leaseRead", "parametersCopy"],
    needs: ["PEER_REGION", "PEER_KEY_ARN", "LEASE_TABLE", "SHARED_PARAMETERS"],
    timeoutSeconds: 120,
  },
  "lease-step": { grants: ["leaseChange"], needs: ["LEASE_TABLE"], timeoutSeconds: 20 },
  "database-step": {
    grants: ["leaseChange", "ledger", "databaseRead", "databaseMove", "lagRead"],
    needs: ["METRICS_NAMESPACE", "LEASE_TABLE", "MAX_SWITCHOVER_LAG_SECONDS", "GLOBAL_CLUSTER_ID", "CLUSTER_IDENTIFIER", ...LEDGER],
    timeoutSeconds: 30,
  },
  validator: {
    grants: ["journalRead", "apiInvoke"],
    needs: ["JOURNAL_TABLE", "PUBLIC_URL", "OWN_URL", "API_KEY_SECRET_ARN"],
    timeoutSeconds: 60,
  },
} as const satisfies Record<string, Shape>;

/** Functions that know the failover machine, which knows the functions above. */
const WATCHERS = {
  sentinel: {
    grants: ["leaseChange", "ledger", "journalRead", "queueLook", "databaseRead", "failoverStart"],
    needs: [
      "METRICS_NAMESPACE",
      "LEASE_TABLE",
      "JOURNAL_TABLE",
      "TRADE_QUEUE_URL",
      "PEER_URL",
      "FAILOVER_STATE_MACHINE_ARN",
      "SWITCHOVER_STATE_MACHINE_ARN",
      "LEASE_LENGTH_SECONDS",
      "LEASE_RENEWAL_SECONDS",
      "LEASE_LIMIT_SECONDS",
      "GLOBAL_CLUSTER_ID",
      "CLUSTER_IDENTIFIER",
      ...LEDGER,
    ],
    timeoutSeconds: 125,
  },
  readiness: {
    grants: ["leaseChange", "leaseCreate", "journalRead", "queueLook", "databaseRead", "lagRead", "apiInvoke", "failoverLook"],
    needs: [
      "METRICS_NAMESPACE",
      "LEASE_TABLE",
      "JOURNAL_TABLE",
      "TRADE_QUEUE_URL",
      "PUBLIC_URL",
      "OWN_URL",
      "API_KEY_SECRET_ARN",
      "FAILOVER_STATE_MACHINE_ARN",
      "MAX_SWITCHOVER_LAG_SECONDS",
      ...DATABASE,
    ],
    timeoutSeconds: 90,
  },
} as const satisfies Record<string, Shape>;

/** Knows all functions by name, itself among them, in both regions. */
const COMPARISON = {
  parity: {
    grants: ["parityRead", "ledger", "databaseRead", "lagRead"],
    needs: [
      "PEER_REGION",
      "OWN_FUNCTIONS",
      "PEER_FUNCTIONS",
      "TRADE_QUEUE_URL",
      "PEER_TRADE_QUEUE_URL",
      "LEASE_TABLE",
      "JOURNAL_TABLE",
      "SESSIONS_TABLE",
      "SHARED_PARAMETERS",
      "OWN_URL",
      "PEER_URL",
      "MAX_SWITCHOVER_LAG_SECONDS",
      "GLOBAL_CLUSTER_ID",
      "CLUSTER_IDENTIFIER",
      ...LEDGER,
      "PEER_LEDGER_CLUSTER_ARN",
      "PEER_LEDGER_SECRET_ARN",
    ],
    // The first deployment waits in it for replicas and for the first measured lag.
    timeoutSeconds: 900,
  },
} as const satisfies Record<string, Shape>;

/** The functions that settle, reconcile, watch, move and compare. */
export const WORK_FUNCTIONS = { ...OTHER_FUNCTIONS, ...WATCHERS, ...COMPARISON };

/** Only where a plan of ARC Region switch invokes it. */
export const PLAN_FUNCTIONS = {
  "region-switch": {
    grants: ["leaseRead", "ledger", "movesStart"],
    needs: ["LEASE_TABLE", "PEER_URL", "FAILOVER_STATE_MACHINE_ARN", "SWITCHOVER_STATE_MACHINE_ARN", "HOLDER_SILENCE_SECONDS", ...LEDGER],
    // It watches the lease for up to its length, a minute at most.
    timeoutSeconds: 120,
  },
} as const satisfies Record<string, Shape>;

/** The bundles of a site's functions. */
export const bundlesOf = ({ regionSwitch }: Pick<Settings, "regionSwitch">): readonly string[] => [
  ...Object.keys(API_FUNCTIONS),
  ...Object.keys(WORK_FUNCTIONS),
  ...(regionSwitch.enabled ? Object.keys(PLAN_FUNCTIONS) : []),
];

export type ApiFunction = keyof typeof API_FUNCTIONS;
export type WorkFunction = keyof typeof WORK_FUNCTIONS;
