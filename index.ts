import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { layFoundation, standingOn } from "./components/foundation/foundation";
import { resourceTags, type SiteName } from "./components/foundation/site-context";
import { GlobalLayer } from "./components/global/global-layer";
import { stackSettings } from "./components/settings/stack-settings";
import { RegionalSite } from "./components/site/regional-site";
import { siteOutputs } from "./components/site/site-outputs";

const settings = stackSettings();
const { primary, standby } = settings.regions;

// Two regions, and no provider but these.
const provider = (site: SiteName, region: string) =>
  new aws.Provider(`${site}-region`, { region: region as aws.Region, defaultTags: { tags: resourceTags(settings, site) } });
const providers = { primary: provider("primary", primary), standby: provider("standby", standby) };

// What both sites stand on.
const foundation = layFoundation(settings, providers);

// The same site in both.
const primarySite = new RegionalSite("primary", standingOn(foundation, "primary"), { provider: providers.primary });
const standbySite = new RegionalSite("standby", standingOn(foundation, "standby"), {
  provider: providers.standby,
  // Made after the primary, and destroyed before it. The member of a global cluster that is made first is its writer, and leaves it last. An image
  // that does not work stops at the first region, and has reached the other's registry by then. Who keeps the lease is there as long as who would take it.
  dependsOn: [primarySite],
});

// What ties them together, and proves at the end of each update that either can take over from the other.
const globalLayer = new GlobalLayer(
  "global",
  { foundation, sites: { primary: primarySite, standby: standbySite }, providers },
  { provider: providers.primary },
);

const { apiKeys, zone, tables, ledger } = foundation;
export const publicUrl = settings.domainName === undefined ? pulumi.output("") : pulumi.output(`https://${settings.domainName}`);
/** Of each caller who brings a key, the secret that holds it; the platform's own canaries are one. Empty where nobody does. */
export const apiKeySecretArns = Object.fromEntries(Object.entries(apiKeys?.of ?? {}).map(([name, key]) => [name, key.secretArn.primary]));
/** Hosted zone of the public name; empty without a domain. */
export const hostedZoneId = zone?.zoneId ?? pulumi.output("");
/** Where the parent of a zone that this stack made must delegate to. */
export const zoneNameServers = zone?.nameServers ?? pulumi.output<string[]>([]);
/** The plan of ARC Region switch; empty unless `regionSwitch.enabled`. */
export const regionSwitchPlanArn = globalLayer.regionSwitch?.planArn ?? pulumi.output("");
export const primarySiteOutputs = siteOutputs(primarySite, primary, globalLayer.dashboardUrls.primary, ledger.secretArn.primary);
export const standbySiteOutputs = siteOutputs(standbySite, standby, globalLayer.dashboardUrls.standby, ledger.secretArn.standby);
export const journalTable = tables.journal.name;
export const leaseTable = tables.lease.name;
export const sessionsTable = tables.sessions.name;
export const globalClusterId = ledger.cluster.globalClusterIdentifier;
/** How long clients of the public name may wait in a failover. */
export const budgetSeconds = settings.rto.budgetSeconds;
export const maxSwitchoverLagSeconds = settings.rto.maxSwitchoverLagSeconds;
