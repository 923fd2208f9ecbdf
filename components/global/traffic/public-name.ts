import * as pulumi from "@pulumi/pulumi";
import type { RegionalSite } from "../../site/regional-site";
import type { SiteContext, SiteName } from "../../foundation/site-context";
import { CHECK_METRICS_REGION, HealthCheckAlarms } from "./health-check-alarms";
import { HealthChecks } from "./health-checks";
import { PublicRecords } from "./public-records";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface PublicNameArgs {
  readonly contexts: Both<SiteContext>;
  readonly sites: Both<RegionalSite>;
  readonly providers: Both<pulumi.ProviderResource>;
  readonly domainName: string;
  readonly zoneId: pulumi.Input<string>;
  /** What the name points to in each region. */
  readonly targets: Both<pulumi.Input<string>>;
}

/** The one name of both sites: what checks them, which of them it leads to, and who is told when that changes. */
export class PublicName extends pulumi.ComponentResource {
  /** Ids of the checks by what they say when they are healthy. */
  readonly checks: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: PublicNameArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PublicName", name, {}, opts);
    const { contexts, sites, providers, domainName, zoneId, targets } = args;
    const child = { parent: this };
    const { settings } = contexts.primary;
    const { primaryId, standbyId } = new HealthChecks(
      `${name}-checks`,
      { settings, primary: sites.primary.foundation.entrance, standby: sites.standby.foundation.entrance },
      child,
    );
    const ids = { primary: primaryId, standby: standbyId };
    new PublicRecords(`${name}-public`, { settings, domainName, zoneId, targets, healthCheckIds: ids }, child);
    for (const site of ["primary", "standby"] as const) {
      const context = contexts[site];
      // Where neither site is in that region no topic of the stack is, either: there the sites' own alarms tell.
      if (context.region !== CHECK_METRICS_REGION) continue;
      const topicArn = sites[site].messaging.notifications.topic.arn;
      const options = { parent: this, provider: providers[site] };
      new HealthCheckAlarms(`${name}-check-alarms`, { context, topicArn, checkIds: ids }, options);
    }
    this.checks = { "the primary serves": primaryId, "the standby answers": standbyId };
    this.registerOutputs({});
  }
}
