import * as pulumi from "@pulumi/pulumi";
import type { ObjectsKey } from "../../foundation/objects-key";
import { SiteBuckets } from "../objects/site-buckets";
import type { SiteContext } from "../../foundation/site-context";
import type { SiteFoundation } from "../../foundation/site-foundation";
import type { GlobalLedger } from "../../foundation/global-ledger";
import { LedgerCluster } from "./ledger-cluster";

export interface SiteDataArgs {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  readonly global: GlobalLedger;
  readonly objectsKey: ObjectsKey;
}

/** What the region keeps: its copy of the ledger and its objects. The tables belong to both regions and are made before the sites. */
export class SiteData extends pulumi.ComponentResource {
  readonly ledger: LedgerCluster;
  /** This region's end of the key of replicated objects. */
  readonly objectsKeyArn: pulumi.Output<string>;
  readonly buckets: SiteBuckets["replicated"];

  constructor(name: string, { context, foundation, global, objectsKey }: SiteDataArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteData", name, {}, opts);
    const child = { parent: this };
    const { settings, site } = context;
    const { network, key } = foundation;
    const keyArn = key.key.arn;
    this.ledger = new LedgerCluster(`${name}-ledger`, { settings, site, global, network, keyArn }, child);
    this.objectsKeyArn = objectsKey.arn[site];
    this.buckets = new SiteBuckets(`${name}-objects`, { context, keyArn: this.objectsKeyArn }, child).replicated;
    this.registerOutputs({ clusterArn: this.ledger.cluster.arn, auditBucket: this.buckets.audit.bucket.bucket });
  }
}
