import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, document, type Statement } from "../policy-documents";
import { siteName, type SiteContext } from "../site-context";

export interface ServiceEndpointsArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly routeTableId: pulumi.Input<string>;
}

const HTTPS = 443;
/** Services that are reached by a route, at no charge and with no interface that could fail. */
const BY_ROUTE = ["dynamodb", "s3"] as const;
/** Services that the functions of the private subnets call and that have an interface in each zone instead. */
const BY_INTERFACE = ["sqs"] as const;

type Service = (typeof BY_ROUTE)[number] | (typeof BY_INTERFACE)[number];

/**
 * How the private subnets reach AWS without the internet: an endpoint for each service that a function there calls, for this stack's own tables,
 * queues and buckets only. The functions' group opens to these endpoints, the endpoints' group to the functions, and nothing else.
 */
export class ServiceEndpoints extends pulumi.ComponentResource {
  readonly functionSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ServiceEndpointsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ServiceEndpoints", name, {}, opts);
    const { context, vpcId, subnetIds, routeTableId } = args;
    const child = { parent: this };
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    const group = (part: string, description: string) =>
      new aws.ec2.SecurityGroup(`${name}-${part}`, { name: siteName(context, [part], 255), description, vpcId, tags: named(part) }, child);
    const shared = (service: Service) => ({
      vpcId,
      serviceName: `com.amazonaws.${context.region}.${service}`,
      policy: document(ownThings(service, context)),
      tags: named(service),
    });
    const functions = group("functions", "Functions in the private subnets: out to the service endpoints, nothing in");
    const opening = { securityGroupId: functions.id, ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS };

    for (const service of BY_ROUTE) {
      const endpoint = new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        { ...shared(service), vpcEndpointType: "Gateway", routeTableIds: [routeTableId] },
        child,
      );
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-functions-to-${service}`,
        { ...opening, description: `To ${service}`, prefixListId: endpoint.prefixListId, tags: named("functions", service) },
        child,
      );
    }
    if (context.settings.network.privateFunctions) {
      const endpoints = group("endpoints", "Service endpoints: in from the functions, nothing out");
      for (const service of BY_INTERFACE) {
        new aws.ec2.VpcEndpoint(
          `${name}-${service}`,
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
        `${name}-functions-to-endpoints`,
        {
          ...opening,
          description: "To the service endpoints",
          referencedSecurityGroupId: endpoints.id,
          tags: named("functions", "endpoints"),
        },
        child,
      );
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-endpoints-from-functions`,
        {
          ...opening,
          securityGroupId: endpoints.id,
          description: "From the functions",
          referencedSecurityGroupId: functions.id,
          tags: named("endpoints", "functions"),
        },
        child,
      );
    }
    this.functionSecurityGroupId = functions.id;
    this.registerOutputs({});
  }
}

/** Who passes an endpoint reaches this stack's things with it, and no others. What each caller may do there is its role's business. */
function ownThings(service: Service, { region, accountId, settings }: SiteContext): Statement {
  const { environmentSuffix: suffix } = settings;
  const statements: Readonly<Record<Service, Statement>> = {
    dynamodb: allow(
      ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
      [`table/trade-*-${suffix}`, `table/trade-*-${suffix}/index/*`].map(
        (resource) => pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:${resource}`,
      ),
    ),
    s3: allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::trade-*-${suffix}/*`),
    sqs: allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], pulumi.interpolate`arn:aws:sqs:${region}:${accountId}:trade-*-${suffix}`),
  };
  return { ...statements[service], Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": accountId } } };
}
