import * as pulumi from "@pulumi/pulumi";
import { LEDGER_DATABASE } from "../data/global-ledger";
import { PROCESSOR_TIMEOUT_SECONDS } from "../messaging/trade-queue";
import { peerSite, sharedParameters, siteName, type SiteContext } from "../site-context";
import { metricsNamespace } from "../observability/own-metrics";
import { LambdaFunction, type FunctionNetwork, type LambdaFunctionArgs } from "./lambda-function";
import { machineArn, permissionsOf, type Grants, type SiteResources } from "./site-permissions";

export interface SiteFunctionsArgs {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** This region's API and the other's, stage included, no trailing slash. */
  readonly ownUrl: pulumi.Input<string>;
  readonly peerUrl: pulumi.Input<string>;
  /** The public name, or this region's own API where the stack has no domain. */
  readonly publicUrl: pulumi.Input<string>;
}

type Need = keyof ReturnType<typeof variables>;
interface Shape {
  readonly grants: readonly Grants[];
  readonly needs: readonly Need[];
  readonly timeoutSeconds: number;
  readonly memoryMb?: number;
}

const LEDGER: readonly Need[] = ["LEDGER_CLUSTER_ARN", "LEDGER_SECRET_ARN", "LEDGER_DATABASE"];
const DATABASE: readonly Need[] = ["GLOBAL_CLUSTER_ID", "CLUSTER_IDENTIFIER", "LEDGER_CLUSTER_ARN"];

/** Functions that answer the API: made before it, so they know no address. */
const API_FUNCTIONS = {
  "trade-intake": { grants: ["journalWrite", "queueSend"], needs: ["JOURNAL_TABLE", "TRADE_QUEUE_URL"], timeoutSeconds: 15 },
  "trade-query": { grants: ["journalRead", "journalIndex"], needs: ["JOURNAL_TABLE"], timeoutSeconds: 10 },
  health: { grants: ["journalRead", "queueLook"], needs: ["JOURNAL_TABLE", "TRADE_QUEUE_URL"], timeoutSeconds: 5 },
  control: { grants: ["leaseRead"], needs: ["LEASE_TABLE"], timeoutSeconds: 5 },
} as const satisfies Record<string, Shape>;

const OTHER_FUNCTIONS = {
  "trade-processor": {
    grants: [
      "leaseRead",
      "ledger",
      "journalRead",
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
    grants: ["leaseRead", "ledger", "journalMark", "journalIndex", "queueSend"],
    needs: ["METRICS_NAMESPACE", "LEASE_TABLE", "JOURNAL_TABLE", "TRADE_QUEUE_URL", ...LEDGER],
    timeoutSeconds: 60,
    memoryMb: 1024,
  },
  bootstrap: { grants: ["leaseCreate", "ledger"], needs: ["PRIMARY_REGION", "LEASE_TABLE", ...LEDGER], timeoutSeconds: 120 },
  "parameter-sync": {
    grants: ["leaseRead", "parametersCopy"],
    needs: ["PEER_REGION", "PEER_KEY_ARN", "LEASE_TABLE", "SHARED_PARAMETERS"],
    timeoutSeconds: 120,
  },
  "lease-step": { grants: ["leaseChange"], needs: ["LEASE_TABLE"], timeoutSeconds: 20 },
  "database-step": {
    grants: ["leaseChange", "ledger", "databaseRead", "databaseMove", "lagRead"],
    needs: ["LEASE_TABLE", "MAX_SWITCHOVER_LAG_SECONDS", "GLOBAL_CLUSTER_ID", "CLUSTER_IDENTIFIER", ...LEDGER],
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
      "FAILBACK_STATE_MACHINE_ARN",
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

const WORK_FUNCTIONS = { ...OTHER_FUNCTIONS, ...WATCHERS, ...COMPARISON };

/** The bundles of a site's functions. */
export const BUNDLES: readonly string[] = [...Object.keys(API_FUNCTIONS), ...Object.keys(WORK_FUNCTIONS)];

/** `bundle=name` of each function of a site, as an environment variable takes it. */
const functionNames = (site: Pick<SiteContext, "site" | "settings">): string =>
  BUNDLES.map((bundle) => `${bundle}=${siteName(site, [bundle], 64)}`).join(",");

export type ApiFunction = keyof typeof API_FUNCTIONS;
export type StepFunction = keyof typeof WORK_FUNCTIONS;

function variables(
  { context, resources }: { context: SiteContext; resources: SiteResources },
  urls?: Omit<SiteFunctionsArgs, "context" | "resources">,
) {
  const { settings, peerRegion } = context;
  return {
    OWN_FUNCTIONS: functionNames(context),
    PEER_FUNCTIONS: functionNames({ settings, site: peerSite(context.site) }),
    SHARED_PARAMETERS: sharedParameters(settings),
    PEER_KEY_ARN: resources.peerKeyArn,
    METRICS_NAMESPACE: metricsNamespace(settings),
    PEER_REGION: peerRegion,
    PRIMARY_REGION: settings.regions.primary,
    LEASE_TABLE: resources.leaseTable.name,
    JOURNAL_TABLE: resources.journalTable.name,
    SESSIONS_TABLE: resources.sessionsTable.name,
    TRADE_QUEUE_URL: resources.queueUrl,
    PEER_TRADE_QUEUE_URL: resources.peerQueueUrl,
    LEDGER_CLUSTER_ARN: resources.clusterArn,
    LEDGER_SECRET_ARN: resources.secretArn,
    PEER_LEDGER_CLUSTER_ARN: resources.peerClusterArn,
    PEER_LEDGER_SECRET_ARN: resources.peerSecretArn,
    LEDGER_DATABASE,
    // Where clients bring no key there is none, and the variable is not set.
    API_KEY_SECRET_ARN: resources.apiKeySecretArn,
    AUDIT_BUCKET: resources.auditBucket,
    EVENT_BUS_NAME: resources.busName,
    GLOBAL_CLUSTER_ID: resources.globalClusterId,
    CLUSTER_IDENTIFIER: resources.clusterIdentifier,
    LEASE_LENGTH_SECONDS: String(settings.rto.leaseLengthSeconds),
    LEASE_RENEWAL_SECONDS: String(settings.rto.leaseRenewalSeconds),
    LEASE_LIMIT_SECONDS: String(settings.rto.leaseLimitSeconds),
    MAX_SWITCHOVER_LAG_SECONDS: String(settings.maxSwitchoverLagSeconds),
    PUBLIC_URL: urls?.publicUrl ?? "",
    OWN_URL: urls?.ownUrl ?? "",
    PEER_URL: urls?.peerUrl ?? "",
    FAILOVER_STATE_MACHINE_ARN: machineArn(context, "failover"),
    FAILBACK_STATE_MACHINE_ARN: machineArn(context, "failback"),
  } satisfies Record<string, pulumi.Input<string> | undefined>;
}

interface Common {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** Of all functions of the call; undefined: they run outside of the site's network. */
  readonly network?: FunctionNetwork;
}

type Functions<K extends string> = Readonly<Record<K, LambdaFunction>>;

function make<K extends string>(
  name: string,
  shapes: Readonly<Record<K, Shape>>,
  args: Common,
  urls: Omit<SiteFunctionsArgs, "context" | "resources"> | undefined,
  parent: pulumi.Resource,
): Functions<K> {
  const all = variables(args, urls);
  const made = (Object.entries(shapes) as [K, Shape][]).map(([handler, { grants, needs, timeoutSeconds, memoryMb }]) => {
    const environment: LambdaFunctionArgs["environment"] = Object.fromEntries(
      needs.flatMap((need) => {
        const value = all[need];
        return value === undefined ? [] : [[need, value]];
      }),
    );
    const permissions = permissionsOf(grants, args.context, args.resources, BUNDLES);
    return [
      handler,
      new LambdaFunction(
        `${name}-${handler}`,
        {
          context: args.context,
          handler,
          environment,
          keyArn: args.resources.keyArn,
          permissions,
          timeoutSeconds,
          memoryMb,
          network: args.network,
        },
        { parent },
      ),
    ] as const;
  });
  return Object.fromEntries(made) as unknown as Functions<K>;
}

/**
 * The functions that answer the region's API: they take what strangers send, and call nothing but this region's tables and queue. In the private
 * subnets they have no way out but to these.
 */
export class ApiFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<ApiFunction>;

  constructor(name: string, args: Common, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiFunctions", name, {}, opts);
    this.functions = make(name, API_FUNCTIONS, args, undefined, this);
    this.registerOutputs({});
  }
}

/**
 * The functions that settle, reconcile, watch and move. They run outside of the site's network: most call the other region or the public API, and
 * those that don't stand where the sentinel stands, so that it sees what they see, and a failover depends on no endpoint and no interface.
 */
export class WorkFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<StepFunction>;

  constructor(name: string, args: SiteFunctionsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WorkFunctions", name, {}, opts);
    const { context, resources, ...urls } = args;
    this.functions = make(name, WORK_FUNCTIONS, { context, resources }, urls, this);
    this.registerOutputs({});
  }
}
