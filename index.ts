import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ApiCredential } from "./components/foundation/api-credential";
import { GlobalLedger } from "./components/foundation/global-ledger";
import { SharedTables } from "./components/foundation/shared-tables";
import { DeployGate } from "./components/global/deploy-gate";
import { GlobalLayer } from "./components/global/global-layer";
import { ObjectsKey } from "./components/foundation/objects-key";
import { zonesOf } from "./components/foundation/network/zones";
import { RegionalSite } from "./components/site/regional-site";
import type { SiteContext, SiteName } from "./components/foundation/site-context";
import { SiteFoundation } from "./components/foundation/site-foundation";
import { siteOutputs } from "./components/site/site-outputs";
import { stackSettings } from "./components/settings/stack-settings";
import { PublicZone } from "./components/foundation/public-zone";

const settings = stackSettings();
const { primary, standby } = settings.regions;

const tags = { ...settings.tags, Project: "trade-failover", Environment: settings.environmentSuffix, ManagedBy: "pulumi" };
const provider = (site: SiteName, region: string) =>
  new aws.Provider(`${site}-region`, { region: region as aws.Region, defaultTags: { tags: { ...tags, Site: site } } });
const providers = { primary: provider("primary", primary), standby: provider("standby", standby) };

const accountId = aws.getCallerIdentityOutput({}, { provider: providers.primary }).accountId;
const context = (site: SiteName, region: string, peerRegion: string): SiteContext => ({ settings, site, region, peerRegion, accountId });
const contexts = { primary: context("primary", primary, standby), standby: context("standby", standby, primary) };

const zones = (region: string): string[] => zonesOf(region, settings.network.zones);
const foundations = {
  primary: new SiteFoundation("primary", { context: contexts.primary, zones: zones(primary) }, { provider: providers.primary }),
  standby: new SiteFoundation("standby", { context: contexts.standby, zones: zones(standby) }, { provider: providers.standby }),
};

const keyArns = { primary: foundations.primary.key.key.arn, standby: foundations.standby.key.key.arn };

// What exists once and both sites stand on.
const tables = new SharedTables("tables", { settings, keyArns }, { provider: providers.primary });
const objectsKey = new ObjectsKey("objects-key", { contexts, providers }, { provider: providers.primary });
const ledger = new GlobalLedger("ledger", { settings, keyArns }, { provider: providers.primary });
const credential =
  settings.apiAuth === "apiKey" ? new ApiCredential("api-key", { settings, keyArns }, { provider: providers.primary }) : undefined;
const zone = settings.hostedZone && new PublicZone("zone", { settings, zone: settings.hostedZone }, { provider: providers.primary });

const primarySite = new RegionalSite(
  "primary",
  {
    context: contexts.primary,
    foundation: foundations.primary,
    global: ledger,
    objectsKey,
    peer: foundations.standby,
    credential,
    zoneId: zone?.zoneId,
  },
  { provider: providers.primary },
);
const standbySite = new RegionalSite(
  "standby",
  {
    context: contexts.standby,
    foundation: foundations.standby,
    global: ledger,
    objectsKey,
    peer: foundations.primary,
    credential,
    zoneId: zone?.zoneId,
  },
  // The member of a global cluster that is made first is its writer.
  { provider: providers.standby, dependsOn: [primarySite.data.ledger] },
);

const sites = { primary: primarySite, standby: standbySite };
const globalLayer = new GlobalLayer(
  "global",
  { contexts, sites, tables, providers, zoneId: zone?.zoneId },
  { provider: providers.primary },
);

// The last step of each update: it fails unless both regions are the same and ready to take over from each other.
new DeployGate(
  "gate",
  {
    settings,
    sites,
    tables,
    providers,
    after: [foundations.primary, foundations.standby, objectsKey, tables, ledger, credential, zone, primarySite, standbySite, globalLayer],
  },
  {},
);

export const publicUrl = settings.domainName === undefined ? pulumi.output("") : pulumi.output(`https://${settings.domainName}`);
/** Secret with the key that clients send; empty unless `apiAuth` is `apiKey`. */
export const apiKeySecretArn = credential?.secretArn.primary ?? pulumi.output("");
/** Where the parent of a zone that this stack made must delegate to. */
export const zoneNameServers = zone?.nameServers ?? pulumi.output<string[]>([]);
/** The plan of ARC Region switch; empty unless `regionSwitch.enabled`. */
export const regionSwitchPlanArn = globalLayer.regionSwitch?.planArn ?? pulumi.output("");
export const primarySiteOutputs = siteOutputs(primarySite, primary, globalLayer.dashboardUrls.primary);
export const standbySiteOutputs = siteOutputs(standbySite, standby, globalLayer.dashboardUrls.standby);
export const journalTable = tables.journal.name;
export const leaseTable = tables.lease.name;
export const sessionsTable = tables.sessions.name;
export const globalClusterId = ledger.cluster.globalClusterIdentifier;
export const maxSwitchoverLagSeconds = settings.rto.maxSwitchoverLagSeconds;
