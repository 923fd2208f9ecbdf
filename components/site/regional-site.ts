import * as pulumi from "@pulumi/pulumi";
import { OperatorRole } from "./access/operator-role";
import type { ApiKeys } from "../foundation/api-keys";
import { TradeApi } from "./api/trade-api";
import { PublicDomain } from "./api/public-domain";
import { BackupPlan } from "./backup/backup-plan";
import { SiteCompute } from "./compute/site-compute";
import type { GlobalLedger } from "../foundation/global-ledger";
import { SiteData } from "./data/site-data";
import { PartitionExperiment } from "./gameday/partition-experiment";
import { SiteMessaging } from "./messaging/site-messaging";
import { SiteServers } from "./servers/site-servers";
import type { ObjectsKey } from "../foundation/objects-key";
import { SiteObservability } from "./observability/site-observability";
import { SiteOrchestration } from "./orchestration/site-orchestration";
import { SiteParameters } from "./parameters/site-parameters";
import type { SiteContext } from "../foundation/site-context";
import type { RegionalImage } from "../foundation/service-image";
import type { SiteFoundation } from "../foundation/site-foundation";

export interface RegionalSiteArgs {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  readonly global: GlobalLedger;
  readonly objectsKey: ObjectsKey;
  /** What the other site stands on. */
  readonly peer: SiteFoundation;
  /** Of the trade service's tasks, only with `compute: fargate`. */
  readonly image?: RegionalImage;
  /** Of callers who bring a key; none where nobody does. */
  readonly apiKeys?: ApiKeys;
  /** Hosted zone of the public name; none without a domain. */
  readonly zoneId?: pulumi.Input<string>;
}

/**
 * What a partition must not break, and so ends an experiment at once: that this region's sentinel runs, which is known within three minutes, and that
 * each trade is settled within its deliveries.
 */
const STOP_A_GAME_DAY = ["sentinel-silent", "trades-dead-letters"];

/** All that one region has; the same code in both. Takes its provider from its options, and from nowhere else. */
export class RegionalSite extends pulumi.ComponentResource {
  readonly foundation: SiteFoundation;
  readonly data: SiteData;
  readonly messaging: SiteMessaging;
  readonly compute: SiteCompute;
  readonly orchestration: SiteOrchestration;
  /** What answers and settles where functions don't. */
  readonly servers?: SiteServers;
  /** What the public name's record points to when this region is to answer; none without a domain. */
  readonly target?: pulumi.Output<string>;
  readonly gameDay?: PartitionExperiment;
  readonly operatorRole?: OperatorRole;

  constructor(name: string, args: RegionalSiteArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:RegionalSite", name, {}, opts);
    const { context, foundation, global, objectsKey, peer, image, apiKeys, zoneId } = args;
    const { domainName } = context.settings;
    const child = { parent: this };
    const keyArn = foundation.key.key.arn;

    this.foundation = foundation;
    this.data = new SiteData(name, { context, foundation, global, objectsKey }, child);
    new BackupPlan(`${name}-backup`, { context, foundation, peer, data: this.data }, child);
    this.messaging = new SiteMessaging(name, { context, keyArn }, child);
    const { data, messaging } = this;
    const parts = { context, foundation, global, data, messaging, peer, apiKeys };
    this.compute = new SiteCompute(name, parts, child);
    const { compute } = this;
    const { api } = foundation.entrance;
    const asked = context.settings.apiAuth === "apiKey" ? apiKeys : undefined;
    const stage =
      api &&
      compute.answering &&
      new TradeApi(`${name}-trades`, { context, api, functions: compute.answering, keyArn, apiKeys: asked }, child).stage;
    const { servers: network } = foundation.network;
    if (network !== undefined && domainName !== undefined && zoneId !== undefined) {
      this.servers = new SiteServers(`${name}-servers`, { ...parts, network, domainName, zoneId, image }, child);
      this.target = this.servers.target;
    }
    this.orchestration = new SiteOrchestration(name, { context, keyArn, messaging, functions: compute.working }, child);
    const { orchestration } = this;
    const { alarmNames } = new SiteObservability(
      name,
      { context, keyArn, data, messaging, compute, orchestration, servers: this.servers?.watched },
      child,
    );
    if (domainName !== undefined && zoneId !== undefined && api && stage) {
      this.target = new PublicDomain(`${name}-public`, { domainName, zoneId, stage, api }, child).target;
    }
    const { operator } = context.settings;
    if (operator !== undefined) {
      this.operatorRole = new OperatorRole(`${name}-operator`, { context, operator, globalClusterArn: global.cluster.arn }, child);
    }
    if (context.settings.gameDay.enabled) {
      const stopAlarms = STOP_A_GAME_DAY.flatMap((alarm) => alarmNames[alarm] ?? []);
      const { network } = foundation;
      this.gameDay = new PartitionExperiment(`${name}-game-day`, { context, network, data, keyArn, stopAlarms }, child);
    }
    const { machines } = orchestration;
    new SiteParameters(`${name}-parameters`, { context, foundation, data, messaging, global, machines, peer }, child);
    const { failover, switchover, readiness } = machines;
    this.registerOutputs({
      url: foundation.entrance.url,
      failoverArn: failover.arn,
      switchoverArn: switchover.arn,
      readinessArn: readiness.arn,
    });
  }
}
