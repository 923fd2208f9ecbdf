import * as pulumi from "@pulumi/pulumi";
import { AuditBucket } from "../objects/audit-bucket";
import type { SiteContext } from "../site-context";
import type { SiteFoundation } from "../site-foundation";
import type { GlobalLedger } from "./global-ledger";
import { LedgerCluster } from "./ledger-cluster";

export interface SiteDataArgs {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  readonly global: GlobalLedger;
}

/** What the region keeps: its copy of the ledger and its objects. The tables belong to both regions and are made before the sites. */
export class SiteData extends pulumi.ComponentResource {
  readonly ledger: LedgerCluster;
  readonly audit: AuditBucket;

  constructor(name: string, { context, foundation, global }: SiteDataArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteData", name, {}, opts);
    const child = { parent: this };
    const { settings, site } = context;
    const { network, key } = foundation;
    const keyArn = key.key.arn;
    this.ledger = new LedgerCluster(`${name}-ledger`, { settings, site, global, network, keyArn }, child);
    this.audit = new AuditBucket(`${name}-audit`, { context, keyArn }, child);
    this.registerOutputs({ clusterArn: this.ledger.cluster.arn, auditBucket: this.audit.bucket.bucket });
  }
}
