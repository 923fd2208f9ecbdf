import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../settings/names";
import type { SiteContext, SiteName } from "../foundation/site-context";
import type { SiteNetwork } from "../foundation/network/site-network";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface NetworkPeeringArgs {
  readonly contexts: Both<SiteContext>;
  readonly networks: Both<SiteNetwork>;
  readonly providers: Both<pulumi.ProviderResource>;
}

/**
 * Joins the two sites' private subnets: one connection, asked for by the primary and accepted by the standby, a route and private names each way. The
 * isolated subnets have no route: the ledger replicates by itself, and nothing reaches it from another region.
 */
export class NetworkPeering extends pulumi.ComponentResource {
  constructor(name: string, { contexts, networks, providers }: NetworkPeeringArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:NetworkPeering", name, {}, opts);
    const { settings, accountId, region, peerRegion } = contexts.primary;
    // The one thing that both sites' providers make together: each end is made with its own.
    const at = (site: SiteName) => ({ parent: this, provider: providers[site] });
    const tags = { Name: physicalName(["trade", region, peerRegion], settings.environmentSuffix, 255) };

    const asked = new aws.ec2.VpcPeeringConnection(
      `${name}-connection`,
      { vpcId: networks.primary.vpcId, peerVpcId: networks.standby.vpcId, peerOwnerId: accountId, peerRegion, autoAccept: false, tags },
      at("primary"),
    );
    const accepted = new aws.ec2.VpcPeeringConnectionAccepter(
      `${name}-accepter`,
      { vpcPeeringConnectionId: asked.id, autoAccept: true, tags },
      at("standby"),
    );
    // The accepter's id is the connection's own, and known once the connection stands.
    const vpcPeeringConnectionId = accepted.id;
    const privateNames = { allowRemoteVpcDnsResolution: true };
    new aws.ec2.PeeringConnectionOptions(`${name}-primary-names`, { vpcPeeringConnectionId, requester: privateNames }, at("primary"));
    new aws.ec2.PeeringConnectionOptions(`${name}-standby-names`, { vpcPeeringConnectionId, accepter: privateNames }, at("standby"));
    for (const [site, peer] of [
      ["primary", "standby"],
      ["standby", "primary"],
    ] as const) {
      networks[site].privateRouteTableIds.forEach((routeTableId, index) => {
        new aws.ec2.Route(
          `${name}-${site}-route${index === 0 ? "" : `-${index + 1}`}`,
          { routeTableId, destinationCidrBlock: networks[peer].cidr, vpcPeeringConnectionId },
          at(site),
        );
      });
    }
    this.registerOutputs({ connectionId: vpcPeeringConnectionId });
  }
}
