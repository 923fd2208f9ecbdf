/**
 * What a function can be given. Each capability says which environment variables it comes with; the program adds the values and the permissions
 * (`components/site/compute/capabilities.ts`), and an adapter takes the variables from an environment that holds the capability.
 */

/**
 * `seconds`: a whole number. `names`: `label=name` pairs, separated by commas. `flag`: true or false. `optional`: text that only some stacks set. `text`: anything but nothing.
 */
export type VariableKind = "text" | "flag" | "seconds" | "names" | "optional";

export interface Capability {
  readonly name: string;
  readonly variables: Readonly<Record<string, VariableKind>>;
}

const JOURNAL = { JOURNAL_TABLE: "text" } as const;
const LEASE = { LEASE_TABLE: "text" } as const;
const QUEUE = { TRADE_QUEUE_URL: "text" } as const;
const DATABASE = { GLOBAL_CLUSTER_ID: "text", CLUSTER_IDENTIFIER: "text", LEDGER_CLUSTER_ARN: "text" } as const;
const MACHINES = { FAILOVER_STATE_MACHINE_ARN: "text", SWITCHOVER_STATE_MACHINE_ARN: "text" } as const;

export const journalRead = { name: "journal.read", variables: JOURNAL } as const satisfies Capability;
export const journalReadMany = { name: "journal.readMany", variables: JOURNAL } as const satisfies Capability;
export const journalAccept = { name: "journal.accept", variables: JOURNAL } as const satisfies Capability;
/** Marks trades settled, and opens them again. */
export const journalMark = { name: "journal.mark", variables: JOURNAL } as const satisfies Capability;
export const journalList = { name: "journal.list", variables: JOURNAL } as const satisfies Capability;

export const leaseRead = { name: "lease.read", variables: LEASE } as const satisfies Capability;
export const leaseCreate = { name: "lease.create", variables: LEASE } as const satisfies Capability;
/** Renews, takes and resigns. */
export const leaseChange = { name: "lease.change", variables: LEASE } as const satisfies Capability;
/** A lease of its own region's, beside the real one, that readiness takes to show that a lease can be taken. */
export const leaseCanary = { name: "lease.canary", variables: LEASE } as const satisfies Capability;
/** Keeps this region's tables from being deleted, or not, as the stack is configured: each replica of a table has that setting for itself. */
export const tablesProtect = {
  name: "tables.protect",
  variables: { JOURNAL_TABLE: "text", LEASE_TABLE: "text", SESSIONS_TABLE: "text", DELETION_PROTECTION: "flag" },
} as const satisfies Capability;
/** The head of the ledger's history, and no other item of the lease's table: who settles has no hand in who holds the lease. */
export const ledgerHead = { name: "ledger.head", variables: LEASE } as const satisfies Capability;
/** The times by which a sentinel keeps or takes the lease. */
export const leaseTimes = {
  name: "lease.times",
  variables: { LEASE_LENGTH_SECONDS: "seconds", LEASE_RENEWAL_SECONDS: "seconds", LEASE_LIMIT_SECONDS: "seconds" },
} as const satisfies Capability;
/** How long a holder must be silent to count as gone, for those that only watch: who is given the lease's times takes part in holding it. */
export const leaseSilence = { name: "lease.silence", variables: { HOLDER_SILENCE_SECONDS: "seconds" } } as const satisfies Capability;

export const sessionsWrite = { name: "sessions.write", variables: { SESSIONS_TABLE: "text" } } as const satisfies Capability;
/** Opens sessions. */
export const sessionsOpen = {
  name: "sessions.open",
  variables: { REQUIRED_SESSIONS_TABLE: "optional", SESSION_SECONDS: "seconds" },
} as const satisfies Capability;
/** Asks whether a session is open. The table is set where a trade needs a session, and nowhere else. */
export const sessionsCheck = { name: "sessions.check", variables: { REQUIRED_SESSIONS_TABLE: "optional" } } as const satisfies Capability;

export const queueSend = { name: "queue.send", variables: QUEUE } as const satisfies Capability;
/** Whether the queue answers. */
export const queueLook = { name: "queue.look", variables: QUEUE } as const satisfies Capability;
/** What Lambda's poller does in the function's name. */
export const queueConsume = { name: "queue.consume", variables: QUEUE } as const satisfies Capability;
/** Sends to the other region's queue. */
export const queueHandOver = {
  name: "queue.handOver",
  variables: { PEER_REGION: "text", PEER_TRADE_QUEUE_URL: "text" },
} as const satisfies Capability;

/** Transactions on this region's ledger. */
export const ledger = {
  name: "ledger",
  variables: { LEDGER_CLUSTER_ARN: "text", LEDGER_SECRET_ARN: "text", LEDGER_DATABASE: "text", LEDGER_ENGINE: "text" },
} as const satisfies Capability;
/** Connections of one's own to this region's ledger, as the servers' user. */
export const ledgerConnect = {
  name: "ledger.connect",
  variables: { LEDGER_HOST: "text", LEDGER_DATABASE: "text", LEDGER_ENGINE: "text" },
} as const satisfies Capability;
export const databaseRead = { name: "database.read", variables: DATABASE } as const satisfies Capability;
/** Promotes this region's cluster, gracefully or not. */
export const databaseMove = { name: "database.move", variables: DATABASE } as const satisfies Capability;
/** The lag of this region's cluster, and how much of it a switchover allows. */
export const lagRead = { name: "lag.read", variables: { MAX_SWITCHOVER_LAG_SECONDS: "seconds" } } as const satisfies Capability;

/** Keeps what a readiness run found, beside the audit log and as unchangeable. */
export const evidenceWrite = { name: "evidence.write", variables: { AUDIT_BUCKET: "text" } } as const satisfies Capability;
/** Keeps what was accepted, refused and moved, which events tell. What tells it is a queue, which Lambda's poller reads in the function's name. */
export const auditKeep = { name: "audit.keep", variables: { AUDIT_BUCKET: "text" } } as const satisfies Capability;
/** Keeps what was settled. */
export const auditWrite = { name: "audit.write", variables: { AUDIT_BUCKET: "text" } } as const satisfies Capability;
export const eventsPut = { name: "events.put", variables: { EVENT_BUS_NAME: "text" } } as const satisfies Capability;
/** Metrics are log lines: they need a namespace and no permission. */
export const metrics = { name: "metrics", variables: { METRICS_NAMESPACE: "text" } } as const satisfies Capability;

/** Sends trades to this region's API, by its own address or the public name. The secret is set where clients bring a key. */
export const apiInvoke = {
  name: "api.invoke",
  variables: { PUBLIC_URL: "text", OWN_URL: "text", API_KEY_SECRET_ARN: "optional" },
} as const satisfies Capability;
/** Knows callers and their accounts. `CALLERS` and `TOKENS` are JSON: a list of `KnownCaller`, and `TokenRules` where tokens are what callers bring. */
export const callersKnow = {
  name: "callers.know",
  variables: { API_AUTH: "text", CALLERS: "text", TOKENS: "optional" },
} as const satisfies Capability;
/** Whether the public name has to lead to whoever holds the lease: not where both regions answer it, nor where there is none. */
export const nameFollows = { name: "name.follows", variables: { NAME_FOLLOWS_LEASE: "flag" } } as const satisfies Capability;
/** Asks the other region's API whether it is ready, as anybody may. */
export const peerProbe = { name: "peer.probe", variables: { PEER_URL: "text" } } as const satisfies Capability;

/** Starts either move to this region, and sees how it stands. */
export const movesStart = { name: "moves.start", variables: MACHINES } as const satisfies Capability;
/** Whether the failover machine is there. */
export const failoverLook = { name: "failover.look", variables: { FAILOVER_STATE_MACHINE_ARN: "text" } } as const satisfies Capability;

export const parametersCopy = {
  name: "parameters.copy",
  variables: { PEER_REGION: "text", PEER_KEY_ARN: "text", SHARED_PARAMETERS: "text" },
} as const satisfies Capability;
/** Which region holds the first lease. */
export const homeRegion = { name: "home.region", variables: { PRIMARY_REGION: "text" } } as const satisfies Capability;
/** Reads the settings of everything that must be alike in both regions. */
export const regionsCompare = {
  name: "regions.compare",
  variables: {
    PEER_REGION: "text",
    OWN_FUNCTIONS: "names",
    PEER_FUNCTIONS: "names",
    TRADE_QUEUE_URL: "text",
    PEER_TRADE_QUEUE_URL: "text",
    LEASE_TABLE: "text",
    JOURNAL_TABLE: "text",
    SESSIONS_TABLE: "text",
    SHARED_PARAMETERS: "text",
    OWN_URL: "text",
    PEER_URL: "text",
    LEDGER_CLUSTER_ARN: "text",
    LEDGER_SECRET_ARN: "text",
    PEER_LEDGER_CLUSTER_ARN: "text",
    PEER_LEDGER_SECRET_ARN: "text",
  },
} as const satisfies Capability;
