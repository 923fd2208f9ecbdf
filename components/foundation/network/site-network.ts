import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isServed } from "../../../contract/placement";
import { siteName, type SiteContext } from "../site-context";
import { addressPlan, type AddressPlan } from "../../settings/address-plan";
import { FlowLogs } from "./flow-logs";
import { ServerRules } from "./server-rules";
import { ServiceEndpoints } from "./service-endpoints";
import { WayOut } from "./way-out";

export interface SiteNetworkArgs {
  readonly context: SiteContext;
  /** Availability zones by their ids, at least two; Aurora wants three. */
  readonly zones: readonly string[];
  /** Key of this region that encrypts the flow logs. */
  readonly keyArn: pulumi.Input<string>;
}

/** What only a site with servers has. */
export interface ServerNetwork {
  /** Of the load balancer. */
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  readonly balancerSecurityGroupId: pulumi.Output<string>;
  readonly serversSecurityGroupId: pulumi.Output<string>;
}

interface Tier {
  /** One, or one a zone. */
  readonly routeTables: readonly aws.ec2.RouteTable[];
  readonly subnets: readonly aws.ec2.Subnet[];
}

/**
 * The site's VPC: isolated subnets for the ledger, which nothing routes in or out of, and private subnets for what takes requests from outside. From
 * there the services that are called are reached by endpoints. Only a site with servers has public subnets, for its load balancer, and a way to the
 * internet.
 */
export class SiteNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  readonly isolatedSubnetIds: readonly pulumi.Output<string>[];
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly privateSubnetArns: readonly pulumi.Output<string>[];
  readonly privateRouteTableIds: readonly pulumi.Output<string>[];
  readonly databaseSecurityGroupId: pulumi.Output<string>;
  /** Of functions, or of servers, in the private subnets. */
  readonly callersSecurityGroupId: pulumi.Output<string>;
  readonly servers?: ServerNetwork;

  constructor(name: string, { context, zones, keyArn }: SiteNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteNetwork", name, {}, opts);
    const child = { parent: this };
    const { site, settings } = context;
    const served = isServed(settings.compute);
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    this.cidr = site === "primary" ? settings.network.primaryCidr : settings.network.standbyCidr;
    const plan = addressPlan(this.cidr, zones.length);

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: this.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: named("vpc") },
      child,
    );
    /** @param tables one for all zones, or one for each: where each has a way out of its own */
    const tier = (part: keyof AddressPlan, tables: 1 | "a zone" = 1): Tier => {
      const numbers = tables === 1 ? [""] : zones.map((_, index) => `-${index + 1}`);
      const routeTables = numbers.map(
        (number) => new aws.ec2.RouteTable(`${name}-${part}${number}`, { vpcId: vpc.id, tags: named(`${part}${number}`) }, child),
      );
      const subnets = zones.map((availabilityZoneId, index) => {
        const number = index + 1;
        const subnet = new aws.ec2.Subnet(
          `${name}-${part}-${number}`,
          { vpcId: vpc.id, cidrBlock: plan[part][index], availabilityZoneId, tags: named(part, String(number)) },
          child,
        );
        const routeTableId = (routeTables[tables === 1 ? 0 : index] as aws.ec2.RouteTable).id;
        new aws.ec2.RouteTableAssociation(`${name}-${part}-${number}-routes`, { subnetId: subnet.id, routeTableId }, child);
        return subnet;
      });
      return { routeTables, subnets };
    };
    const isolated = tier("isolated");
    const inner = tier("private", served && settings.network.nat === "perZone" ? "a zone" : 1);
    const database = new aws.ec2.SecurityGroup(
      `${name}-database`,
      {
        name: siteName(context, ["ledger"], 255),
        description: served
          ? "The ledger: in from the servers, the Data API comes by the service"
          : "The ledger: nothing connects to it, the Data API comes by the service",
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
    this.privateRouteTableIds = inner.routeTables.map(({ id }) => id);
    this.databaseSecurityGroupId = database.id;
    const { vpcId, privateSubnetIds: subnetIds, privateRouteTableIds: routeTableIds } = this;
    const endpoints = new ServiceEndpoints(`${name}-endpoints`, { context, vpcId, subnetIds, routeTableIds }, child);
    this.callersSecurityGroupId = endpoints.callersSecurityGroupId;
    if (served) this.servers = this.forServers(name, context, tier("public"));
    new FlowLogs(`${name}-flow`, { context, vpcId, keyArn }, child);
    this.registerOutputs({ vpcId });
  }

  private forServers(name: string, context: SiteContext, { routeTables, subnets }: Tier): ServerNetwork {
    const child = { parent: this };
    const { vpcId, privateRouteTableIds, databaseSecurityGroupId, callersSecurityGroupId: serversSecurityGroupId } = this;
    const publicSubnetIds = subnets.map(({ id }) => id);
    const publicRouteTableId = (routeTables[0] as aws.ec2.RouteTable).id;
    new WayOut(`${name}-out`, { context, vpcId, publicSubnetIds, publicRouteTableId, privateRouteTableIds }, child);
    const rules = new ServerRules(`${name}-rules`, { context, vpcId, serversSecurityGroupId, databaseSecurityGroupId }, child);
    return { publicSubnetIds, serversSecurityGroupId, balancerSecurityGroupId: rules.balancerSecurityGroupId };
  }
}
