import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../site-context";

export interface WayOutArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  /** One a zone. */
  readonly publicSubnetIds: readonly pulumi.Input<string>[];
  readonly publicRouteTableId: pulumi.Input<string>;
  /** Each gets a NAT gateway of its own. */
  readonly privateRouteTableIds: readonly pulumi.Input<string>[];
}

const ANYWHERE = "0.0.0.0/0";

/**
 * The internet gateway, by which clients come to the load balancer, and NAT gateways, by which servers call what has no endpoint here: the other
 * region's queue. Acceptance and settlement need none of the latter.
 */
export class WayOut extends pulumi.ComponentResource {
  constructor(name: string, args: WayOutArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WayOut", name, {}, opts);
    const child = { parent: this };
    const { context, vpcId, publicSubnetIds, publicRouteTableId, privateRouteTableIds } = args;
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    const gateway = new aws.ec2.InternetGateway(`${name}-gateway`, { vpcId, tags: named("internet") }, child);
    new aws.ec2.Route(
      `${name}-public-route`,
      { routeTableId: publicRouteTableId, destinationCidrBlock: ANYWHERE, gatewayId: gateway.id },
      child,
    );
    privateRouteTableIds.forEach((routeTableId, index) => {
      const number = String(index + 1);
      const address = new aws.ec2.Eip(`${name}-address-${number}`, { domain: "vpc", tags: named("nat", number) }, child);
      const nat = new aws.ec2.NatGateway(
        `${name}-nat-${number}`,
        { allocationId: address.allocationId, subnetId: publicSubnetIds[index] as pulumi.Input<string>, tags: named("nat", number) },
        // AWS: it has no way out before the gateway is attached. The provider waits for ten minutes, which it may take.
        { ...child, dependsOn: [gateway], customTimeouts: { create: "30m" } },
      );
      new aws.ec2.Route(`${name}-route-${number}`, { routeTableId, destinationCidrBlock: ANYWHERE, natGatewayId: nat.id }, child);
    });
    this.registerOutputs({});
  }
}
