/** What the lab's parts say to each other. The lab emulates two AWS regions and what lies between them, on loopback only. */
import type { Limits } from "./region/gateway/admission";
import type { ServersWiring } from "./region/servers/wiring";

/** One registered gateway response. */
export interface GatewayResponse {
  readonly type: string;
  readonly status?: string;
  readonly template?: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type SiteName = "primary" | "standby";

/** A running emulated region as the rest of the lab sees it. */
export interface RegionHandle {
  readonly site: SiteName;
  /** AWS region code. */
  readonly region: string;
  /** The region's one address: AWS endpoint and public API, e.g. http://127.0.0.1:23400 */
  readonly endpoint: string;
  /** Port of the region's database server (its Aurora cluster). */
  readonly ledgerPort: number;
  /** Starts the region's processes; after `kill`, starts it again from what its disks kept. Resolves when it answers. */
  start(): Promise<void>;
  /** SIGKILL to every process of the region: the crash. */
  kill(): Promise<void>;
  /** SIGSTOP to every process of the region: the hang. */
  freeze(): Promise<void>;
  /** SIGCONT after a hang. */
  thaw(): Promise<void>;
  /** Ends the region in an orderly way (used at the end of a run). */
  stop(): Promise<void>;
  state(): "stopped" | "running" | "frozen" | "killed";
  /** Pids of its processes that live now. */
  processes(): Promise<number[]>;
}

/** What the program registered, as the lab's DNS, health checkers, replication and drill need it. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Region of the provider that registered it ("" for providers and components). */
  readonly region: string;
  readonly inputs: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly id: string;
  /** Did it become real in the emulator, or was it only recorded? */
  readonly realized: boolean;
}

/** What a region's front needs to know of the program, told after provisioning by `POST /_lab/wire` to the front. */
export interface Wiring {
  /** Names of MRSC tables with key schema and indexes, as in CreateTable. */
  readonly mrscTables: readonly Record<string, unknown>[];
  /** MREC (ordinary global) tables: name -> partition key. */
  readonly mrecTables: Readonly<Record<string, string>>;
  /** Names of tables that are registered with point-in-time recovery in this region. */
  readonly recoverableTables?: readonly string[];
  /** Tables that were made with deletion protection here. */
  readonly protectedTables?: readonly string[];
  /** Bucket of this region -> bucket of the other region it replicates to. */
  readonly bucketReplication: Readonly<Record<string, string>>;
  /** Queues that stand in for cross-region bus targets: queue URL here -> bus name there. */
  readonly eventForwarding: readonly { readonly queueUrl: string; readonly busName: string }[];
  /** Aurora clusters: identifier -> what it belongs to. */
  readonly aurora: {
    readonly globalClusterId: string;
    readonly clusterIdentifier: string;
    readonly clusterArn: string;
    readonly database: string;
    /** What IAM knows the database by. */
    readonly resourceId?: string;
    /** What the cluster is registered with, by RDS's names. */
    readonly settings?: Readonly<Record<string, string | number | boolean>>;
  };
  /** API Gateway: the public path "/" of this region maps to this REST API and stage. */
  readonly api: {
    readonly restApiId: string;
    readonly stage: string;
    /** What the stage and the function behind it take in; undefined: no limit is registered. */
    readonly limits?: Limits;
    /** Methods that ask for a signature, as `POST /trades`. */
    readonly signed?: readonly string[];
    /** What the gateway answers by itself. */
    readonly responses?: readonly GatewayResponse[];
  };
  /** What answers instead of the API, where servers do. */
  readonly servers?: ServersWiring;
}

/** Something that happened, for the timeline of the report and the terminal. */
export interface LabEvent {
  /** Milliseconds since the scenario began. */
  readonly atMs: number;
  /** Region code, or "world" for what has none. */
  readonly region: string;
  readonly event: string;
  readonly detail: string;
}
