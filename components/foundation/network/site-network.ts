import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../site-context";
import { addressPlan } from "../../settings/address-plan";
import { FlowLogs } from "./flow-logs";
import { ServiceEndpoints } from "./service-endpoints";

export interface SiteNetworkArgs {
  readonly context: SiteContext;
  /** Availability zones by name, at least two; Aurora wants three. */
  readonly zones: readonly string[];
  /** Key of this region that encrypts the flow logs. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The site's VPC: isolated subnets for the ledger, which nothing routes in or out of, and private subnets for what takes requests from outside. No
 * subnet has a way to the internet: from the private ones, the services that the functions there call are reached by endpoints.
 */
export class SiteNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  readonly isolatedSubnetIds: readonly pulumi.Output<string>[];
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly privateSubnetArns: readonly pulumi.Output<string>[];
  readonly privateRouteTableId: pulumi.Output<string>;
  readonly databaseSecurityGroupId: pulumi.Output<string>;
  /** Of functions in the private subnets: out to the endpoints, nothing in. */
  readonly functionSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, { context, zones, keyArn }: SiteNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteNetwork", name, {}, opts);
    const child = { parent: this };
    const { site, settings } = context;
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    this.cidr = site === "primary" ? settings.network.primaryCidr : settings.network.standbyCidr;
    const plan = addressPlan(this.cidr, zones.length);

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: this.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: named("vpc") },
      child,
    );
    const tier = (part: "isolated" | "private") => {
      const routes = new aws.ec2.RouteTable(`${name}-${part}`, { vpcId: vpc.id, tags: named(part) }, child);
      const subnets = zones.map((availabilityZone, index) => {
        const number = index + 1;
        const subnet = new aws.ec2.Subnet(
          `${name}-${part}-${number}`,
          { vpcId: vpc.id, cidrBlock: plan[part][index], availabilityZone, tags: named(part, String(number)) },
          child,
        );
        new aws.ec2.RouteTableAssociation(`${name}-${part}-${number}-routes`, { subnetId: subnet.id, routeTableId: routes.id }, child);
        return subnet;
      });
      return { routes, subnets };
    };
    const isolated = tier("isolated");
    const inner = tier("private");
    const database = new aws.ec2.SecurityGroup(
      `${name}-database`,
      {
        name: siteName(context, ["ledger"], 255),
        description: "The ledger: nothing connects to it, the Data API comes by the service",
        vpcId: vpc.id,
        tags: named("ledger"),
      },
      child,
    );
    // Takes the rules out of the group that AWS makes with each VPC.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, tags: named("default") }, child);

    this.vpcId = vpc.id;
    this.isolatedSubnetIds = isolated.subnets.map(({ id }) => id);
    this.privateSubnetIds = inner.subnets.map(({ id }) => id);
    this.privateSubnetArns = inner.subnets.map(({ arn }) => arn);
    this.privateRouteTableId = inner.routes.id;
    this.databaseSecurityGroupId = database.id;
    const { vpcId, privateSubnetIds: subnetIds, privateRouteTableId: routeTableId } = this;
    const endpoints = new ServiceEndpoints(`${name}-endpoints`, { context, vpcId, subnetIds, routeTableId }, child);
    this.functionSecurityGroupId = endpoints.functionSecurityGroupId;
    new FlowLogs(`${name}-flow`, { context, vpcId, keyArn }, child);
    this.registerOutputs({ vpcId });
  }
}
