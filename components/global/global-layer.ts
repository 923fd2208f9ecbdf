import * as pulumi from "@pulumi/pulumi";
import { partsOf, type Foundation } from "../foundation/foundation";
import { DeployGate } from "./deploy-gate";
import { bootstrapLedger } from "./ledger-bootstrap";
import { EventForwarding } from "./event-forwarding";
import { keepNotices } from "../site/messaging/notice-subscription";
import { NetworkPeering } from "./network-peering";
import { BucketReplication } from "./bucket-replication";
import { REPLICATED } from "../site/objects/site-buckets";
import { OperatorsDashboard } from "./dashboard/operators-dashboard";
import { RegionSwitchPlan } from "./region-switch-plan";
import type { RegionalSite } from "../site/regional-site";
import type { SiteName } from "../foundation/site-context";
import { PublicName } from "./traffic/public-name";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface GlobalLayerArgs {
  readonly foundation: Foundation;
  readonly sites: Both<RegionalSite>;
  /** A site's things are made with that site's provider, also where they tie it to the other. */
  readonly providers: Both<pulumi.ProviderResource>;
}

/**
 * What ties the sites together: replication and forwarding both ways, the public name, the first lease, and the gate at the end of each update.
 */
export class GlobalLayer extends pulumi.ComponentResource {
  /** The operators' dashboards, each in its region. */
  readonly dashboardUrls: Both<pulumi.Output<string>>;
  readonly regionSwitch?: RegionSwitchPlan;

  constructor(name: string, args: GlobalLayerArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:GlobalLayer", name, {}, opts);
    const { foundation, sites, providers } = args;
    const { contexts, tables } = foundation;
    const parts: pulumi.Resource[] = [];
    const part = <T extends pulumi.Resource>(made: T): T => {
      parts.push(made);
      return made;
    };
    const pairs = [
      ["primary", "standby"],
      ["standby", "primary"],
    ] as const;
    for (const [site, peer] of pairs) {
      const direction = { context: contexts[site], from: sites[site], to: sites[peer] };
      const options = { parent: this, provider: providers[site] };
      for (const purpose of REPLICATED) {
        const end = (at: SiteName) => ({ store: sites[at].data.buckets[purpose], keyArn: sites[at].data.objectsKeyArn });
        part(
          new BucketReplication(
            `${name}-${purpose}-${site}`,
            { context: contexts[site], purpose, from: end(site), to: end(peer), writeOnce: purpose === "audit" },
            options,
          ),
        );
      }
      part(new EventForwarding(`${name}-events-${site}`, direction, options));
      const notices = { from: sites[site].messaging.notifications, to: sites[peer].messaging.notifications };
      part(keepNotices(`${name}-notices-${site}`, notices, options));
    }
    const networks = { primary: sites.primary.foundation.network, standby: sites.standby.foundation.network };
    part(new NetworkPeering(`${name}-peering`, { contexts, networks, providers }, { parent: this }));
    const { deletionProtection } = contexts.primary.settings;
    const tablesThere = [tables.journal, tables.lease, tables.sessions];
    const first = part(
      bootstrapLedger(
        `${name}-bootstrap-primary`,
        { site: sites.primary, deletionProtection, after: tablesThere },
        { parent: this, provider: providers.primary },
      ),
    );
    part(
      bootstrapLedger(
        `${name}-bootstrap-standby`,
        { site: sites.standby, deletionProtection, after: [first] },
        { parent: this, provider: providers.standby },
      ),
    );
    const publicName = this.publicName(name, args);
    const checks = publicName?.checks ?? {};
    const servers = { primary: sites.primary.servers?.watched, standby: sites.standby.servers?.watched };
    const dashboard = (site: SiteName) =>
      part(
        new OperatorsDashboard(
          `${name}-dashboard-${site}`,
          { context: contexts[site], contexts, servers, checks },
          { parent: this, provider: providers[site] },
        ),
      ).url;
    this.dashboardUrls = { primary: dashboard("primary"), standby: dashboard("standby") };
    this.regionSwitch = this.regionSwitchPlan(name, args);
    const optional = [publicName, this.regionSwitch].filter((made) => made !== undefined);
    const after = [...partsOf(foundation), sites.primary, sites.standby, ...parts, ...optional];
    const { settings } = contexts.primary;
    new DeployGate("gate", { settings, sites, tables, providers, after }, { parent: this });
    this.registerOutputs({ primaryUrl: sites.primary.foundation.entrance.url, standbyUrl: sites.standby.foundation.entrance.url });
  }

  /** Without a domain there is no DNS layer: clients use both endpoints. */
  private publicName(name: string, { foundation, sites, providers }: GlobalLayerArgs): PublicName | undefined {
    const { contexts, zone } = foundation;
    const zoneId = zone?.zoneId;
    const { domainName } = contexts.primary.settings;
    const [primary, standby] = [sites.primary.target, sites.standby.target];
    if (domainName === undefined || zoneId === undefined || !primary || !standby) return undefined;
    const targets = { primary, standby };
    return new PublicName(name, { contexts, sites, providers, domainName, zoneId, targets }, { parent: this });
  }

  /** ARC keeps a plan in all of its regions; which one it was made from does not matter to those that run it. */
  private regionSwitchPlan(name: string, { foundation: { contexts }, sites, providers }: GlobalLayerArgs): RegionSwitchPlan | undefined {
    const { settings, accountId } = contexts.primary;
    const [primary, standby] = [sites.primary.compute.regionSwitch, sites.standby.compute.regionSwitch];
    if (!settings.regionSwitch.enabled || !primary || !standby) return undefined;
    const args = { settings, objectiveMinutes: settings.regionSwitch.objectiveMinutes, accountId, functions: { primary, standby } };
    return new RegionSwitchPlan(`${name}-region-switch`, args, { parent: this, provider: providers.primary });
  }
}
