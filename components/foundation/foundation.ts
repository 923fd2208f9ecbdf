import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { zonesOf } from "../settings/zones";
import { ApiKeys } from "./api-keys";
import { lockDuringMoves } from "./deploy-lock";
import { GlobalLedger } from "./global-ledger";
import { keyHolders } from "./known-callers";
import { ObjectsKey } from "./objects-key";
import { PublicZone } from "./public-zone";
import { givenImage, ServiceImage, type RegionalImage } from "./service-image";
import { SharedTables } from "./shared-tables";
import { peerSite, type SiteContext, type SiteName } from "./site-context";
import { SiteFoundation } from "./site-foundation";

type Both<T> = Readonly<Record<SiteName, T>>;

/** What is made before the sites: what each stands on, and what exists once for both. */
export interface Foundation {
  readonly contexts: Both<SiteContext>;
  readonly sites: Both<SiteFoundation>;
  readonly tables: SharedTables;
  readonly objectsKey: ObjectsKey;
  readonly ledger: GlobalLedger;
  /** Of the trade service, only with `compute: fargate`. */
  readonly image?: Both<RegionalImage>;
  /** Of callers who bring a key; none where nobody does. */
  readonly apiKeys?: ApiKeys;
  /** Of the public name; none without a domain. */
  readonly zone?: PublicZone;
}

/** A function and no component: what each site stands on has that site's provider, and a component has one. */
export function layFoundation(settings: Settings, providers: Both<aws.Provider>): Foundation {
  const { primary, standby } = settings.regions;
  const once = { provider: providers.primary };
  const { accountId } = aws.getCallerIdentityOutput({}, once);
  const contexts = {
    primary: { settings, site: "primary", region: primary, peerRegion: standby, accountId },
    standby: { settings, site: "standby", region: standby, peerRegion: primary, accountId },
  } as const satisfies Both<SiteContext>;
  // Before anything is registered that it is to hold.
  if (settings.deployLock) lockDuringMoves([contexts.primary, contexts.standby]);
  const under = (site: SiteName) => {
    const context = contexts[site];
    return new SiteFoundation(site, { context, zones: zonesOf(context.region, settings.network.zones) }, { provider: providers[site] });
  };
  const sites = { primary: under("primary"), standby: under("standby") };
  const keyArns = { primary: sites.primary.key.key.arn, standby: sites.standby.key.key.arn };
  const { image } = settings.servers;
  const build = () => new ServiceImage("service-image", { contexts, providers, keyArns }, once).images;
  const names = keyHolders(settings);
  return {
    contexts,
    sites,
    tables: new SharedTables("tables", { settings, keyArns }, once),
    objectsKey: new ObjectsKey("objects-key", { contexts, providers }, once),
    ledger: new GlobalLedger("ledger", { settings, keyArns }, once),
    image: settings.compute !== "fargate" ? undefined : image === undefined ? build() : givenImage(contexts, image),
    apiKeys: names.length > 0 ? new ApiKeys("api-keys", { settings, names, keyArns }, once) : undefined,
    zone: settings.hostedZone && new PublicZone("zone", { settings, zone: settings.hostedZone }, once),
  };
}

/** What one site is built on. */
export const standingOn = ({ contexts, sites, ledger, objectsKey, image, apiKeys, zone }: Foundation, site: SiteName) => ({
  context: contexts[site],
  foundation: sites[site],
  peer: sites[peerSite(site)],
  global: ledger,
  objectsKey,
  image: image?.[site],
  apiKeys,
  zoneId: zone?.zoneId,
});

/** All that the foundation is made of. */
export const partsOf = ({ sites, tables, objectsKey, ledger, apiKeys, zone }: Foundation): pulumi.Resource[] =>
  [sites.primary, sites.standby, tables, objectsKey, ledger, apiKeys, zone].filter((part) => part !== undefined);
