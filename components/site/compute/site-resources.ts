import * as pulumi from "@pulumi/pulumi";
import { PLATFORM } from "../../../contract/callers";
import type { ApiKeys } from "../../foundation/api-keys";
import { knownCallers } from "../../foundation/known-callers";
import type { GlobalLedger } from "../../foundation/global-ledger";
import { tableNames } from "../../foundation/shared-tables";
import type { SiteData } from "../data/site-data";
import type { SiteMessaging } from "../messaging/site-messaging";
import { peerNames, siteName, type SiteContext } from "../../foundation/site-context";
import type { SiteFoundation } from "../../foundation/site-foundation";

/** A table as one region sees it. */
export interface SiteTable {
  readonly name: string;
  readonly arn: pulumi.Input<string>;
}

/** What the functions of a site work on. */
export interface SiteResources {
  readonly journalTable: SiteTable;
  readonly leaseTable: SiteTable;
  readonly sessionsTable: SiteTable;
  readonly queueUrl: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly peerQueueUrl: pulumi.Input<string>;
  readonly peerQueueArn: pulumi.Input<string>;
  readonly clusterArn: pulumi.Input<string>;
  readonly clusterIdentifier: pulumi.Input<string>;
  /** Where the cluster's writer takes connections. */
  readonly ledgerEndpoint: pulumi.Input<string>;
  /** What IAM knows the cluster by. */
  readonly ledgerResourceId: pulumi.Input<string>;
  readonly peerClusterArn: pulumi.Input<string>;
  readonly globalClusterId: pulumi.Input<string>;
  readonly globalClusterArn: pulumi.Input<string>;
  readonly secretArn: pulumi.Input<string>;
  /** The other region's copy. */
  readonly peerSecretArn: pulumi.Input<string>;
  readonly auditBucket: pulumi.Input<string>;
  readonly auditBucketArn: pulumi.Input<string>;
  readonly auditKeyArn: pulumi.Input<string>;
  /** What is to be kept there. */
  readonly auditQueueArn: pulumi.Input<string>;
  readonly busName: pulumi.Input<string>;
  readonly busArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** The other region's key, for its queue. */
  readonly peerKeyArn: pulumi.Input<string>;
  /** This region's API: `arn:aws:execute-api:region:account:id`; none where a load balancer answers. */
  readonly apiArn?: pulumi.Input<string>;
  /** Who may trade for which accounts, as the functions are told. */
  readonly callers: pulumi.Input<string>;
  /** Secret of this region with the platform's own key; only where callers bring keys or tokens. */
  readonly apiKeySecretArn?: pulumi.Input<string>;
  /** Addresses of the APIs, stage included, no trailing slash. */
  readonly ownUrl: pulumi.Input<string>;
  readonly peerUrl: pulumi.Input<string>;
  /** The public name, or this region's own API where the stack has no domain. */
  readonly publicUrl: pulumi.Input<string>;
}

export interface SiteParts {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  /** What the other site stands on. */
  readonly peer: SiteFoundation;
  readonly global: GlobalLedger;
  readonly data: SiteData;
  readonly messaging: SiteMessaging;
  readonly apiKeys?: ApiKeys;
}

/** What a site's functions work on: its own things by reference, shared and peer things by their names, which are known beforehand. */
export function siteResources({ context, foundation, global, data, messaging, peer: other, apiKeys }: SiteParts): SiteResources {
  const { settings, site, region, peerRegion, accountId } = context;
  const names = tableNames(settings.environmentSuffix);
  const table = (tableName: string) => ({
    name: tableName,
    arn: pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`,
  });
  const peer = site === "primary" ? "standby" : "primary";
  const { queueUrl, queueArn } = peerNames(context);
  return {
    journalTable: table(names.journal),
    leaseTable: table(names.lease),
    sessionsTable: table(names.sessions),
    queueUrl: messaging.queue.queue.url,
    queueArn: messaging.queue.queue.arn,
    peerQueueUrl: queueUrl(peer),
    peerQueueArn: queueArn(peer),
    clusterArn: data.ledger.cluster.arn,
    clusterIdentifier: data.ledger.cluster.clusterIdentifier,
    ledgerEndpoint: data.ledger.cluster.endpoint,
    ledgerResourceId: data.ledger.cluster.clusterResourceId,
    peerClusterArn: pulumi.interpolate`arn:aws:rds:${peerRegion}:${accountId}:cluster:${siteName({ site: peer, settings }, ["ledger"], 63)}`,
    globalClusterId: global.cluster.globalClusterIdentifier,
    globalClusterArn: global.cluster.arn,
    secretArn: global.secretArn[site],
    peerSecretArn: global.secretArn[peer],
    auditBucket: data.buckets.audit.bucket.bucket,
    auditBucketArn: data.buckets.audit.bucket.arn,
    auditKeyArn: data.objectsKeyArn,
    auditQueueArn: messaging.record.queue.arn,
    busName: messaging.bus.bus.name,
    busArn: messaging.bus.bus.arn,
    keyArn: foundation.key.key.arn,
    peerKeyArn: other.key.key.arn,
    apiArn: foundation.entrance.api?.executionArn,
    callers: knownCallers(context, apiKeys),
    apiKeySecretArn: apiKeys?.of[PLATFORM]?.secretArn[site],
    ownUrl: foundation.entrance.url,
    peerUrl: other.entrance.url,
    publicUrl: settings.domainName === undefined ? foundation.entrance.url : `https://${settings.domainName}`,
  };
}
