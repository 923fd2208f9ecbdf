import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext, type SiteName } from "../../foundation/site-context";
import type { WatchedServers } from "../../site/observability/alarm-shape";
import { checkWidget, leaseWidgets, SITE_WIDGETS, type Widget } from "./dashboard-widgets";

export interface OperatorsDashboardArgs {
  /** The site whose dashboard it is; it shows both. */
  readonly context: SiteContext;
  readonly contexts: Readonly<Record<SiteName, SiteContext>>;
  /** Of each site, where it has servers. */
  readonly servers: Readonly<Record<SiteName, WatchedServers | undefined>>;
  /** Ids of the public name's health checks by what they say; empty without a domain. */
  readonly checks: Readonly<Record<string, pulumi.Input<string>>>;
}

/** CloudWatch's grid. */
const WIDTH = 24;
const HALF = WIDTH / 2;
const HEIGHT = 6;
const HEADING_HEIGHT = 3;

/** One in each region, so that one is at hand when the other region's console is not: both sites side by side, the primary on the left. */
export class OperatorsDashboard extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { context, contexts, servers, checks }: OperatorsDashboardArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:OperatorsDashboard", name, {}, opts);
    const sites = [contexts.primary, contexts.standby] as const;
    const rows: readonly (readonly Widget[])[] = [
      leaseWidgets(sites),
      ...SITE_WIDGETS.map((widget) => sites.flatMap((site) => widget({ ...site, servers: servers[site.site] }) ?? [])).filter(
        (row) => row.length > 0,
      ),
      ...(Object.keys(checks).length > 0 ? [[checkWidget(checks)]] : []),
    ];
    const widgets = [
      { ...heading(sites), x: 0, y: 0, width: WIDTH, height: HEADING_HEIGHT },
      ...rows.flatMap((row, index) =>
        row.map((widget, column) => ({
          ...widget,
          x: column * HALF,
          y: HEADING_HEIGHT + index * HEIGHT,
          width: WIDTH / row.length,
          height: HEIGHT,
        })),
      ),
    ];
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: siteName(context, ["operators"], 255),
        dashboardBody: pulumi.jsonStringify({ start: "-PT3H", periodOverride: "inherit", widgets }),
      },
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${context.region}.console.aws.amazon.com/cloudwatch/home?region=${context.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}

const MACHINES = ["failover", "switchover", "readiness"];

function machineLinks({ site, region, settings, accountId }: SiteContext): pulumi.Output<string> {
  const home = `https://${region}.console.aws.amazon.com/states/home?region=${region}#/statemachines/view`;
  const links = MACHINES.map((machine) => {
    const arn = pulumi.interpolate`arn:aws:states:${region}:${accountId}:stateMachine:${siteName({ site, settings }, [machine], 80)}`;
    return pulumi.interpolate`[${machine}](${home}/${arn})`;
  });
  return pulumi.interpolate`**${site}** ${region}: ${pulumi.concat(...links.flatMap((link) => [link, " "]))}`;
}

const heading = ([primary, standby]: readonly [SiteContext, SiteContext]): Widget => ({
  type: "text",
  properties: {
    markdown: pulumi.interpolate`Which site is **active** says the lease below, and nothing else: *primary* and *standby* are home roles and never change.

${machineLinks(primary)}

${machineLinks(standby)}`,
  },
});
