import * as pulumi from "@pulumi/pulumi";
import type { ApiCredential } from "../../foundation/api-credential";
import type { GlobalLedger } from "../../foundation/global-ledger";
import { tableNames } from "../../foundation/shared-tables";
import type { SiteData } from "../data/site-data";
import type { SiteMessaging } from "../messaging/site-messaging";
import { peerNames, siteName, type SiteContext } from "../../foundation/site-context";
import type { SiteFoundation } from "../../foundation/site-foundation";
import type { SiteResources } from "./site-permissions";

export interface SiteParts {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  /** What the other site stands on. */
  readonly peer: SiteFoundation;
  readonly global: GlobalLedger;
  readonly data: SiteData;
  readonly messaging: SiteMessaging;
  readonly credential?: ApiCredential;
}

/** What a site's functions work on: its own things by reference, shared and peer things by their names, which are known beforehand. */
export function siteResources({ context, foundation, global, data, messaging, peer: other, credential }: SiteParts): SiteResources {
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
    peerClusterArn: pulumi.interpolate`arn:aws:rds:${peerRegion}:${accountId}:cluster:${siteName({ site: peer, settings }, ["ledger"], 63)}`,
    globalClusterId: global.cluster.globalClusterIdentifier,
    globalClusterArn: global.cluster.arn,
    secretArn: global.secretArn[site],
    peerSecretArn: global.secretArn[peer],
    auditBucket: data.buckets.audit.bucket.bucket,
    auditBucketArn: data.buckets.audit.bucket.arn,
    auditKeyArn: data.objectsKeyArn,
    busName: messaging.bus.bus.name,
    busArn: messaging.bus.bus.arn,
    keyArn: foundation.key.key.arn,
    peerKeyArn: other.key.key.arn,
    apiArn: foundation.entrance.api.executionArn,
    apiKeySecretArn: credential?.secretArn[site],
  };
}
