import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "../../contract/metrics";
import { API_FUNCTIONS, isServed, PLAN_FUNCTIONS, SESSION_FUNCTIONS, SETTLING_FUNCTIONS, WORK_FUNCTIONS } from "../../contract/placement";
import { physicalName } from "../settings/names";
import type { Settings } from "../settings/settings";

export type SiteName = "primary" | "standby";

export const peerSite = (site: SiteName): SiteName => (site === "primary" ? "standby" : "primary");

/** What every part of a site needs to know: plain values, and the account. */
export interface SiteContext {
  readonly settings: Settings;
  /** Home role: names resources and never changes. Which site is active is known only from the lease. */
  readonly site: SiteName;
  readonly region: string;
  readonly peerRegion: string;
  readonly accountId: pulumi.Output<string>;
}

/** Of all that takes tags: the provider's default, said again where AWS makes things itself. */
export const resourceTags = ({ tags, environmentSuffix }: Pick<Settings, "tags" | "environmentSuffix">, site: SiteName) => ({
  ...tags,
  Project: "trade-failover",
  Environment: environmentSuffix,
  ManagedBy: "pulumi",
  Site: site,
});

/** `trade-<site>-<parts>-<suffix>`: the physical name of a thing of this site. */
export const siteName = ({ site, settings }: Pick<SiteContext, "site" | "settings">, parts: readonly string[], max: number): string =>
  physicalName(["trade", site, ...parts], settings.environmentSuffix, max);

/** Names that the other site refers to before it is there. */
export const peerNames = (context: SiteContext) => {
  const { settings, accountId } = context;
  const regionOf = (site: SiteName) => (site === "primary" ? settings.regions.primary : settings.regions.standby);
  const name = (site: SiteName, parts: readonly string[], max: number) => siteName({ site, settings }, parts, max);
  return {
    queueName: (site: SiteName) => name(site, ["trades"], 80),
    queueUrl: (site: SiteName) =>
      pulumi.interpolate`https://sqs.${regionOf(site)}.amazonaws.com/${accountId}/${name(site, ["trades"], 80)}`,
    queueArn: (site: SiteName) => pulumi.interpolate`arn:aws:sqs:${regionOf(site)}:${accountId}:${name(site, ["trades"], 80)}`,
  };
};

/** Path of the parameters that are to be the same in both regions. */
export const sharedParameters = ({ environmentSuffix }: Pick<Settings, "environmentSuffix">): string =>
  `/trade-failover/${environmentSuffix}/shared`;

/** Path of the parameters that are each region's own, and never copied. */
export const ownParameters = ({ environmentSuffix }: Pick<Settings, "environmentSuffix">): string =>
  `/trade-failover/${environmentSuffix}/site`;

/** Built from its name: the machines are made after the functions that they call, so their ARNs can't be had from them. */
export const machineArn = (
  context: Pick<SiteContext, "settings" | "site" | "region" | "accountId">,
  machine: "failover" | "switchover",
  kind: "stateMachine" | "execution" = "stateMachine",
) => pulumi.interpolate`arn:aws:states:${context.region}:${context.accountId}:${kind}:${siteName(context, [machine], 80)}`;

/** Where the handlers' own metrics are: of this stack alone, because two stacks may share an account. */
export const metricsNamespace = ({ environmentSuffix }: Pick<Settings, "environmentSuffix">): string => `${NAMESPACE}/${environmentSuffix}`;

/** The bundles of a site's functions. */
export const bundlesOf = ({
  compute,
  regionSwitch,
  sessions,
}: Pick<Settings, "compute" | "regionSwitch" | "sessions">): readonly string[] =>
  [
    ...(isServed(compute) ? [] : [API_FUNCTIONS, ...(sessions.required ? [SESSION_FUNCTIONS] : []), SETTLING_FUNCTIONS]),
    WORK_FUNCTIONS,
    ...(regionSwitch.enabled ? [PLAN_FUNCTIONS] : []),
  ].flatMap((some) => Object.keys(some));
