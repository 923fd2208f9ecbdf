import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isServed, type Compute } from "../../../contract/placement";
import { siteName, type SiteContext } from "../site-context";
import { ownThings, type Service } from "./endpoint-policies";

export interface ServiceEndpointsArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly routeTableIds: readonly pulumi.Input<string>[];
}

const HTTPS = 443;
/** Services that are reached by a route, at no charge and with no interface that could fail. */
const BY_ROUTE = ["dynamodb", "s3"] as const satisfies readonly Service[];
/** What a server calls, or is started with: the loss of a NAT gateway must take no server with it. */
const OF_SERVERS = ["sqs", "events", "logs"] as const satisfies readonly Service[];
/** Services that the private subnets' functions or servers call and that have an interface in each zone instead. */
const BY_INTERFACE: Readonly<Record<Compute, readonly Service[]>> = {
  lambda: ["sqs", "events"],
  fargate: [...OF_SERVERS, "ecr.api", "ecr.dkr"],
  autoscaling: OF_SERVERS,
};
const CALLERS = {
  functions: "Functions in the private subnets: out to the service endpoints, nothing in",
  servers: "Servers in the private subnets: in from the load balancer, out to AWS's services and the ledger",
};

/**
 * How the private subnets reach AWS without the internet: an endpoint for each service that is called from there, for this stack's own tables,
 * queues and buckets only. The callers' group opens to these endpoints, the endpoints' group to the callers, and nothing else.
 */
export class ServiceEndpoints extends pulumi.ComponentResource {
  /** Of the functions, or of the servers, in the private subnets. */
  readonly callersSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ServiceEndpointsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ServiceEndpoints", name, {}, opts);
    const { context, vpcId, subnetIds, routeTableIds } = args;
    const { compute, network } = context.settings;
    const child = { parent: this };
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    const group = (part: string, description: string) =>
      new aws.ec2.SecurityGroup(`${name}-${part}`, { name: siteName(context, [part], 255), description, vpcId, tags: named(part) }, child);
    const shared = (service: Service) => ({
      vpcId,
      serviceName: `com.amazonaws.${context.region}.${service}`,
      policy: ownThings(service, context),
      tags: named(service),
    });
    const who = isServed(compute) ? "servers" : "functions";
    const callers = group(who, CALLERS[who]);
    const opening = { securityGroupId: callers.id, ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS };

    for (const service of BY_ROUTE) {
      const endpoint = new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        { ...shared(service), vpcEndpointType: "Gateway", routeTableIds: [...routeTableIds] },
        child,
      );
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${who}-to-${service}`,
        { ...opening, description: `To ${service}`, prefixListId: endpoint.prefixListId, tags: named(who, service) },
        child,
      );
    }
    if (isServed(compute) || network.privateFunctions) {
      const endpoints = group("endpoints", `Service endpoints: in from the ${who}, nothing out`);
      for (const service of BY_INTERFACE[compute]) {
        new aws.ec2.VpcEndpoint(
          `${name}-${service.replace(".", "-")}`,
          {
            ...shared(service),
            vpcEndpointType: "Interface",
            privateDnsEnabled: true,
            subnetIds: [...subnetIds],
            securityGroupIds: [endpoints.id],
          },
          child,
        );
      }
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${who}-to-endpoints`,
        {
          ...opening,
          description: "To the service endpoints",
          referencedSecurityGroupId: endpoints.id,
          tags: named(who, "endpoints"),
        },
        child,
      );
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-endpoints-from-${who}`,
        {
          ...opening,
          securityGroupId: endpoints.id,
          description: `From the ${who}`,
          referencedSecurityGroupId: callers.id,
          tags: named("endpoints", who),
        },
        child,
      );
    }
    this.callersSecurityGroupId = callers.id;
    this.registerOutputs({});
  }
}
