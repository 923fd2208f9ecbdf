import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SiteEntrance } from "./components/api/site-entrance";
import { GlobalLedger } from "./components/data/global-ledger";
import { SharedTables } from "./components/data/shared-tables";
import { GlobalLayer } from "./components/global-layer";
import { RegionalSite } from "./components/regional-site";
import type { SiteContext, SiteName } from "./components/site-context";
import { stackSettings } from "./components/stack-settings";

const settings = stackSettings();
const { primary, standby } = settings.regions;

const tags = { ...settings.tags, Project: "trade-failover", Environment: settings.environmentSuffix, ManagedBy: "pulumi" };
const provider = (site: SiteName, region: string) =>
  new aws.Provider(`${site}-region`, { region: region as aws.Region, defaultTags: { tags: { ...tags, Site: site } } });
const providers = { primary: provider("primary", primary), standby: provider("standby", standby) };

const accountId = aws.getCallerIdentityOutput({}, { provider: providers.primary }).accountId;
const context = (site: SiteName, region: string, peerRegion: string): SiteContext => ({ settings, site, region, peerRegion, accountId });
const contexts = { primary: context("primary", primary, standby), standby: context("standby", standby, primary) };

// What exists once and both sites stand on.
const tables = new SharedTables("tables", { settings }, { provider: providers.primary });
const ledger = new GlobalLedger("ledger", { settings }, { provider: providers.primary });
const entrances = {
  primary: new SiteEntrance("primary-entrance", { context: contexts.primary }, { provider: providers.primary }),
  standby: new SiteEntrance("standby-entrance", { context: contexts.standby }, { provider: providers.standby }),
};

// Zone letters are a region's first three; they are fixed, so that a new zone of AWS's never moves a subnet.
const zones = (region: string) => ["a", "b", "c"].map((letter) => `${region}${letter}`);
const primarySite = new RegionalSite(
  "primary",
  { context: contexts.primary, ledger, entrance: entrances.primary, peerUrl: entrances.standby.url, zones: zones(primary) },
  { provider: providers.primary },
);
const standbySite = new RegionalSite(
  "standby",
  { context: contexts.standby, ledger, entrance: entrances.standby, peerUrl: entrances.primary.url, zones: zones(standby) },
  // The member of a global cluster that is made first is its writer.
  { provider: providers.standby, dependsOn: [primarySite.ledger] },
);

new GlobalLayer(
  "global",
  { contexts, sites: { primary: primarySite, standby: standbySite }, entrances, tables, providers },
  { provider: providers.primary },
);

const siteOutputs = (site: RegionalSite, entrance: SiteEntrance, region: string) => ({
  region,
  url: entrance.url,
  queueUrl: site.queue.queue.url,
  auditBucket: site.audit.bucket.bucket,
  eventBus: site.bus.bus.name,
  ledgerClusterArn: site.ledger.cluster.arn,
  topicArn: site.notifications.topic.arn,
  failoverArn: site.machines.machines.failover.arn,
  failbackArn: site.machines.machines.failback.arn,
  readinessArn: site.machines.machines.readiness.arn,
});

export const publicUrl = settings.domainName === undefined ? pulumi.output("") : pulumi.output(`https://${settings.domainName}`);
export const primarySiteOutputs = siteOutputs(primarySite, entrances.primary, primary);
export const standbySiteOutputs = siteOutputs(standbySite, entrances.standby, standby);
export const journalTable = tables.journal.name;
export const leaseTable = tables.lease.name;
export const sessionsTable = tables.sessions.name;
