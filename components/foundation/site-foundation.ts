import * as pulumi from "@pulumi/pulumi";
import { isServed } from "../../contract/placement";
import { balancerEntrance, SiteEntrance, type Entrance } from "./site-entrance";
import { BackupVault } from "./backup-vault";
import { SiteNetwork } from "./network/site-network";
import type { SiteContext } from "./site-context";
import { SiteKey } from "./site-key";

export interface SiteFoundationArgs {
  readonly context: SiteContext;
  /** Availability zones by their ids. */
  readonly zones: readonly string[];
}

/**
 * What is made before the sites, because the other site and what both share refer to it: the region's key, its network, its vault for
 * backups, its API's address.
 */
export class SiteFoundation extends pulumi.ComponentResource {
  readonly key: SiteKey;
  readonly network: SiteNetwork;
  readonly vault: BackupVault;
  readonly entrance: Entrance;

  constructor(name: string, { context, zones }: SiteFoundationArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteFoundation", name, {}, opts);
    const child = { parent: this };
    this.key = new SiteKey(`${name}-key`, { context }, child);
    this.network = new SiteNetwork(`${name}-network`, { context, zones, keyArn: this.key.key.arn }, child);
    this.vault = new BackupVault(`${name}-backups`, { context, keyArn: this.key.key.arn }, child);
    this.entrance = isServed(context.settings.compute)
      ? balancerEntrance(context)
      : new SiteEntrance(`${name}-entrance`, { context }, child);
    this.registerOutputs({ keyArn: this.key.key.arn, vpcId: this.network.vpcId, url: this.entrance.url });
  }
}
