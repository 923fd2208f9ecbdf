import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names";

export interface SiteNetworkArgs {
  readonly site: "primary" | "standby";
  readonly suffix: string;
  /** A /16 block. */
  readonly cidr: string;
  /** Availability zones by name, at least two; Aurora wants three. */
  readonly zones: readonly string[];
}

/** A VPC of isolated subnets for the ledger. Nothing routes in or out of it: the handlers use the Data API. */
export class SiteNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly isolatedSubnetIds: pulumi.Output<string>[];
  readonly databaseSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, { site, suffix, cidr, zones }: SiteNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteNetwork", name, {}, opts);
    const child = { parent: this };
    const named = (...parts: string[]) => ({ Name: physicalName(["trade", site, ...parts], suffix, 255) });
    const [a, b] = cidr.split(".");

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: named("vpc") },
      child,
    );
    const routes = new aws.ec2.RouteTable(`${name}-isolated`, { vpcId: vpc.id, tags: named("isolated") }, child);
    this.isolatedSubnetIds = zones.map((availabilityZone, index) => {
      const subnet = new aws.ec2.Subnet(
        `${name}-isolated-${index + 1}`,
        // The upper half of the block; the lower half is for public and private subnets.
        { vpcId: vpc.id, cidrBlock: `${a}.${b}.${128 + index}.0/24`, availabilityZone, tags: named("isolated", String(index + 1)) },
        child,
      );
      new aws.ec2.RouteTableAssociation(`${name}-isolated-${index + 1}-routes`, { subnetId: subnet.id, routeTableId: routes.id }, child);
      return subnet.id;
    });
    const group = new aws.ec2.SecurityGroup(
      `${name}-database`,
      {
        name: physicalName(["trade", site, "ledger"], suffix, 255),
        description: "The ledger: nothing connects to it, the Data API comes by the service",
        vpcId: vpc.id,
        tags: named("ledger"),
      },
      child,
    );
    // Takes the rules out of the group that AWS makes with each VPC.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, tags: named("default") }, child);
    this.vpcId = vpc.id;
    this.databaseSecurityGroupId = group.id;
    this.registerOutputs({ vpcId: this.vpcId });
  }
}
