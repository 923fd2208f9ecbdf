import * as pulumi from "@pulumi/pulumi";
import { tradeService } from "../../../contract/functions";
import type { ServerNetwork } from "../../foundation/network/site-network";
import type { RegionalImage } from "../../foundation/service-image";
import { siteHost } from "../../foundation/site-entrance";
import { bundlesOf } from "../../foundation/site-context";
import { grant, type Granted } from "../compute/capabilities";
import { siteResources, type SiteParts } from "../compute/site-resources";
import { FargateService } from "./fargate/fargate-service";
import type { WatchedServers } from "../observability/alarm-shape";
import type { Fleet, FleetArgs } from "./fleet";
import { InstanceGroup } from "./instances/instance-group";
import { LoadBalancer } from "./load-balancer";

export interface SiteServersArgs extends SiteParts {
  readonly network: ServerNetwork;
  /** The stack's public name, and the hosted zone that it is in. */
  readonly domainName: string;
  readonly zoneId: pulumi.Input<string>;
  /** Only of tasks. */
  readonly image?: RegionalImage;
}

/** The trade service of a site as servers: a load balancer, and what stands behind it. */
export class SiteServers extends pulumi.ComponentResource {
  readonly balancer: LoadBalancer;
  readonly fleet: Fleet;
  readonly watched: WatchedServers;
  /** What the public name's CNAME points to when this region is to answer. */
  readonly target: pulumi.Output<string>;

  constructor(name: string, args: SiteServersArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteServers", name, {}, opts);
    const { context, foundation, data, network, domainName, zoneId, image } = args;
    const keyArn = foundation.key.key.arn;
    const { vpcId, privateSubnetIds } = foundation.network;
    this.balancer = new LoadBalancer(
      name,
      {
        context,
        vpcId,
        network,
        domainName,
        host: siteHost(context),
        zoneId,
        targetType: context.settings.compute === "fargate" ? "ip" : "instance",
        keyArn,
      },
      { parent: this },
    );
    const { balancer } = this;
    const assets = data.buckets.assets.bucket;
    const { serversSecurityGroupId: securityGroupId } = network;
    this.fleet = this.makeFleet(name, {
      context,
      subnetIds: privateSubnetIds,
      securityGroupId,
      balancer,
      granted: granted(args),
      keyArn,
      artefacts: { bucket: assets.id, bucketArn: assets.arn, keyArn: data.objectsKeyArn },
      image,
    });
    this.watched = {
      balancer: { LoadBalancer: balancer.balancer.arnSuffix, TargetGroup: balancer.targetGroup.arnSuffix },
      cpu: this.fleet.cpu,
      count: this.fleet.count,
    };
    this.target = balancer.balancer.dnsName;
    this.registerOutputs({ target: this.target });
  }

  /** The one place where tasks and instances part. */
  private makeFleet(name: string, args: FleetArgs): Fleet {
    const { context, image } = args;
    if (context.settings.compute === "autoscaling") return new InstanceGroup(name, args, { parent: this });
    if (image === undefined) throw new Error(`compute ${context.settings.compute} has no servers`);
    return new FargateService(name, { ...args, image }, { parent: this });
  }
}

/** What a server is told and may do: the service's part of the contract, and where it listens. */
function granted(args: SiteServersArgs): Granted {
  const { context } = args;
  const surroundings = { context, resources: siteResources(args), bundles: bundlesOf(context.settings) };
  const { environment, permissions } = grant(
    tradeService.uses.map(({ name }) => name),
    surroundings,
  );
  return { environment: { ...environment, AWS_REGION: context.region, PORT: String(context.settings.servers.port) }, permissions };
}
