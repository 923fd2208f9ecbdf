import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../site-context";

export interface ServerRulesArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  readonly serversSecurityGroupId: pulumi.Input<string>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
}

const HTTP = 80;
const HTTPS = 443;
/** Where each engine listens. */
const DATABASE_PORT = { "aurora-postgresql": 5432, "aurora-mysql": 3306 } as const;

/** Who may open a connection to whom: clients to the load balancer, that to the servers, these to the ledger and to AWS. Nobody else to anybody. */
export class ServerRules extends pulumi.ComponentResource {
  /** Of the load balancer: in from the internet, out to the servers. */
  readonly balancerSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ServerRulesArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ServerRules", name, {}, opts);
    const child = { parent: this };
    const { context, vpcId, serversSecurityGroupId: servers, databaseSecurityGroupId: database } = args;
    const { settings } = context;
    const named = (...parts: string[]) => ({ Name: siteName(context, parts, 255) });
    const balancer = new aws.ec2.SecurityGroup(
      `${name}-balancer`,
      {
        name: siteName(context, ["balancer"], 255),
        description: "Load balancer: in from clients, out to the servers",
        vpcId,
        tags: named("balancer"),
      },
      child,
    ).id;
    const from = (port: number, description: string) => ({ ipProtocol: "tcp", fromPort: port, toPort: port, description });
    for (const [what, port] of [
      ["https", HTTPS],
      ["http", HTTP],
    ] as const) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-balancer-from-clients-${what}`,
        {
          ...from(port, port === HTTPS ? "From clients" : "From clients, to be sent to HTTPS"),
          securityGroupId: balancer,
          cidrIpv4: "0.0.0.0/0",
          tags: named("balancer", what),
        },
        child,
      );
    }
    /** Opens both ends. */
    const between = (caller: Caller, called: Caller, port: number): void => {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${caller.what}-to-${called.what}`,
        {
          ...from(port, `To the ${called.what}`),
          securityGroupId: caller.group,
          referencedSecurityGroupId: called.group,
          tags: named(caller.what, called.what),
        },
        child,
      );
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${called.what}-from-${caller.what}`,
        {
          ...from(port, `From the ${caller.what}`),
          securityGroupId: called.group,
          referencedSecurityGroupId: caller.group,
          tags: named(called.what, caller.what),
        },
        child,
      );
    };
    const serving: Caller = { what: "servers", group: servers };
    between({ what: "balancer", group: balancer }, serving, settings.servers.port);
    between(serving, { what: "ledger", group: database }, DATABASE_PORT[settings.database.engine]);
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-servers-to-the-other-region`,
      {
        ...from(HTTPS, "To the other region's queue, which has no endpoint here"),
        securityGroupId: servers,
        cidrIpv4: "0.0.0.0/0",
        tags: named("servers", "out"),
      },
      child,
    );
    this.balancerSecurityGroupId = balancer;
    this.registerOutputs({});
  }
}

interface Caller {
  readonly what: string;
  readonly group: pulumi.Input<string>;
}
