import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HostedZone } from "../settings/keys/public-name";
import type { Settings } from "../settings/settings";

export interface PublicZoneArgs {
  readonly settings: Pick<Settings, "environmentSuffix" | "deletionProtection">;
  readonly zone: HostedZone;
}

/** The hosted zone of the public name: the one with the given id, the one that is found by its name, or one that this stack makes. */
export class PublicZone extends pulumi.ComponentResource {
  readonly zoneId: pulumi.Output<string>;
  /** Where the parent zone must delegate to; empty unless the zone was made here. */
  readonly nameServers: pulumi.Output<string[]>;

  constructor(name: string, { settings, zone }: PublicZoneArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PublicZone", name, {}, opts);
    const child = { parent: this };
    this.nameServers = pulumi.output([]);
    if ("id" in zone) this.zoneId = pulumi.output(zone.id);
    else if (!zone.make) this.zoneId = aws.route53.getZoneOutput({ name: zone.name, privateZone: false }, child).zoneId;
    else {
      const made = new aws.route53.Zone(
        `${name}-zone`,
        {
          name: zone.name,
          comment: `Public names of trade-failover ${settings.environmentSuffix}`,
          forceDestroy: !settings.deletionProtection,
        },
        { ...child, protect: settings.deletionProtection },
      );
      this.zoneId = made.zoneId;
      this.nameServers = made.nameServers;
    }
    this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
  }
}
