import * as pulumi from "@pulumi/pulumi";
import { tableNames } from "../../foundation/shared-tables";
import { allow, document, type Statement } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import type { Settings } from "../../settings/settings";
import { peerSite, siteName, type SiteContext, type SiteName } from "../../foundation/site-context";

export interface OperatorRoleArgs {
  readonly context: SiteContext;
  readonly operator: NonNullable<Settings["operator"]>;
  readonly globalClusterArn: pulumi.Input<string>;
}

const MACHINES = ["failover", "switchover", "readiness"];
/** A move takes minutes; an hour is what a person needs around it. */
const SESSION_SECONDS = 3600;

/**
 * Assumed by a person, through the site's region, to move the activity in either direction. It may start the machines of both regions and see what
 * they need to see for that. It may assume nothing further, and change nothing by itself: what a move does, the machines do with their own roles.
 */
export class OperatorRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { context, operator, globalClusterArn }: OperatorRoleArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:OperatorRole", name, {}, opts);
    const child = { parent: this };
    const { role } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: siteName(context, ["operator"], 64),
        description: "Starts failover, switchover and readiness in either region",
        maxSessionDuration: SESSION_SECONDS,
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { AWS: operator.principal },
          Action: "sts:AssumeRole",
          ...(operator.mfa ? { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } } : {}),
        }),
        permissions: statements(context, globalClusterArn),
      },
      child,
    );
    this.arn = role.arn;
    this.registerOutputs({ roleArn: this.arn });
  }
}

function statements(context: SiteContext, globalClusterArn: pulumi.Input<string>): readonly Statement[] {
  const { settings, accountId, site, region, peerRegion } = context;
  type Place = { readonly site: SiteName; readonly region: string };
  const places: readonly Place[] = [
    { site, region },
    { site: peerSite(site), region: peerRegion },
  ];
  const inBoth = (service: string, resources: (named: (...parts: string[]) => string) => readonly string[]) =>
    places.flatMap((place) =>
      resources((...parts) => siteName({ site: place.site, settings }, parts, 80)).map(
        (resource) => pulumi.interpolate`arn:aws:${service}:${place.region}:${accountId}:${resource}`,
      ),
    );
  const machines = inBoth("states", (named) => MACHINES.map((machine) => `stateMachine:${named(machine)}`));
  const executions = inBoth("states", (named) => MACHINES.map((machine) => `execution:${named(machine)}:*`));
  const { lease, journal } = tableNames(settings.environmentSuffix);
  return [
    // Start a move, and see whether one is under way already.
    allow(["states:StartExecution", "states:ListExecutions", "states:DescribeStateMachine"], machines),
    // Follow its steps.
    allow(["states:DescribeExecution", "states:GetExecutionHistory"], executions),
    // Who holds the lease, and what became of a trade.
    allow(
      "dynamodb:GetItem",
      inBoth("dynamodb", () => [`table/${lease}`, `table/${journal}`]),
    ),
    allow(
      "dynamodb:Query",
      inBoth("dynamodb", () => [`table/${journal}/index/*`]),
    ),
    // Which cluster is the writer, and whether the copy is connected.
    allow("rds:DescribeGlobalClusters", globalClusterArn),
    // The same comparison as at an update's end.
    allow(
      "lambda:InvokeFunction",
      inBoth("lambda", (named) => [`function:${named("parity")}`]),
    ),
    allow(
      "cloudwatch:GetDashboard",
      places.map(
        (place) =>
          pulumi.interpolate`arn:aws:cloudwatch::${accountId}:dashboard/${siteName({ site: place.site, settings }, ["operators"], 255)}`,
      ),
    ),
    allow(
      "cloudwatch:DescribeAlarms",
      inBoth("cloudwatch", (named) => [`alarm:${named("*")}`]),
    ),
    // The dashboards' graphs, and the lag. CloudWatch has no resources to name for reading metrics.
    allow(["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"], "*"),
  ];
}
