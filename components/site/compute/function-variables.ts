import * as pulumi from "@pulumi/pulumi";
import { LEDGER_DATABASE } from "../../foundation/global-ledger";
import { metricsNamespace } from "../observability/own-metrics";
import { peerSite, sharedParameters, siteName, type SiteContext } from "../../foundation/site-context";
import { machineArn, type SiteResources } from "./site-permissions";

/** Addresses, stage included, no trailing slash. */
export interface SiteUrls {
  readonly ownUrl: pulumi.Input<string>;
  readonly peerUrl: pulumi.Input<string>;
  /** The public name, or this region's own API where the stack has no domain. */
  readonly publicUrl: pulumi.Input<string>;
}

export interface VariablesArgs {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** Functions that are made before the API know none. */
  readonly urls?: SiteUrls;
  /** Bundles of all functions of a site. */
  readonly bundles: readonly string[];
}

export type Variable = keyof ReturnType<typeof variables>;

/** `bundle=name` of each function of a site, as an environment variable takes it. */
const functionNames = (bundles: readonly string[], site: Pick<SiteContext, "site" | "settings">): string =>
  bundles.map((bundle) => `${bundle}=${siteName(site, [bundle], 64)}`).join(",");

/** Every variable that a function of a site may be given; undefined: it is not set in this stack. */
export function variables({ context, resources, urls, bundles }: VariablesArgs) {
  const { settings, peerRegion } = context;
  return {
    OWN_FUNCTIONS: functionNames(bundles, context),
    PEER_FUNCTIONS: functionNames(bundles, { settings, site: peerSite(context.site) }),
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
    // Only a watcher: who is given the lease's length and renewal takes part in holding it.
    HOLDER_SILENCE_SECONDS: String(settings.rto.leaseLengthSeconds),
    LEASE_LIMIT_SECONDS: String(settings.rto.leaseLimitSeconds),
    MAX_SWITCHOVER_LAG_SECONDS: String(settings.rto.maxSwitchoverLagSeconds),
    PUBLIC_URL: urls?.publicUrl ?? "",
    OWN_URL: urls?.ownUrl ?? "",
    PEER_URL: urls?.peerUrl ?? "",
    FAILOVER_STATE_MACHINE_ARN: machineArn(context, "failover"),
    SWITCHOVER_STATE_MACHINE_ARN: machineArn(context, "switchover"),
  } satisfies Record<string, pulumi.Input<string> | undefined>;
}
