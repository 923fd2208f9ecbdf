import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PublicDomain } from "./api/public-domain";
import type { SiteEntrance } from "./api/site-entrance";
import { TradeApi } from "./api/trade-api";
import { ApiFunctions, WorkFunctions } from "./compute/site-functions";
import type { SiteResources } from "./compute/site-permissions";
import type { GlobalLedger } from "./data/global-ledger";
import { LedgerCluster } from "./data/ledger-cluster";
import { tableNames } from "./data/shared-tables";
import { EventBus } from "./messaging/event-bus";
import { Notifications } from "./messaging/notifications";
import { TradeQueue } from "./messaging/trade-queue";
import { SiteNetwork } from "./network/site-network";
import { AuditBucket } from "./objects/audit-bucket";
import { LeaseAlarm } from "./observability/lease-alarm";
import { SiteAlarms } from "./observability/site-alarms";
import { Schedules } from "./orchestration/schedules";
import { StateMachines } from "./orchestration/state-machines";
import { peerNames, siteName, type SiteContext } from "./site-context";
import { SiteKey } from "./site-key";

export interface RegionalSiteArgs {
  readonly context: SiteContext;
  readonly ledger: GlobalLedger;
  readonly entrance: SiteEntrance;
  /** Address of the other site's API. */
  readonly peerUrl: pulumi.Input<string>;
  readonly zones: readonly string[];
}

/** All that one region has; the same code in both. Takes its provider from its options, and from nowhere else. */
export class RegionalSite extends pulumi.ComponentResource {
  readonly key: SiteKey;
  readonly ledger: LedgerCluster;
  readonly queue: TradeQueue;
  readonly audit: AuditBucket;
  readonly bus: EventBus;
  readonly notifications: Notifications;
  readonly api: TradeApi;
  readonly publicDomain?: PublicDomain;
  readonly work: WorkFunctions;
  readonly machines: StateMachines;

  constructor(name: string, args: RegionalSiteArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:RegionalSite", name, {}, opts);
    const { context, entrance, peerUrl } = args;
    const { settings, site } = context;
    const child = { parent: this };

    this.key = new SiteKey(`${name}-key`, { context }, child);
    const keyArn = this.key.key.arn;
    const cidr = site === "primary" ? settings.network.primaryCidr : settings.network.standbyCidr;
    const network = new SiteNetwork(`${name}-network`, { site, suffix: settings.environmentSuffix, cidr, zones: args.zones }, child);
    this.ledger = new LedgerCluster(`${name}-ledger`, { settings, site, global: args.ledger, network, keyArn }, child);
    this.queue = new TradeQueue(`${name}-queue`, { context }, child);
    this.audit = new AuditBucket(`${name}-audit`, { context, keyArn }, child);
    this.bus = new EventBus(`${name}-bus`, { context }, child);
    this.notifications = new Notifications(`${name}-alerts`, { context, keyId: keyArn }, child);

    const resources = this.resources(args);
    const { functions: answering } = new ApiFunctions(`${name}-fn`, { context, resources }, child);
    this.api = new TradeApi(`${name}-trades`, { context, api: entrance.api, functions: answering }, child);
    const publicUrl = settings.domainName === undefined ? entrance.url : `https://${settings.domainName}`;
    this.work = new WorkFunctions(`${name}-work`, { context, resources, ownUrl: entrance.url, peerUrl, publicUrl }, child);
    const { functions } = this.work;
    new aws.lambda.EventSourceMapping(
      `${name}-settlement`,
      {
        eventSourceArn: this.queue.queue.arn,
        functionName: functions["trade-processor"].function.name,
        batchSize: 100,
        maximumBatchingWindowInSeconds: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
      },
      // Whether a region's poller runs is the runtime's business after the first day.
      { ...child, ignoreChanges: ["enabled"] },
    );
    this.machines = new StateMachines(
      `${name}-machines`,
      {
        context,
        busArn: this.bus.bus.arn,
        keyArn,
        bindings: {
          leaseStep: functions["lease-step"].arn,
          databaseStep: functions["database-step"].arn,
          reconciler: functions.reconciler.arn,
          validator: functions.validator.arn,
          readiness: functions.readiness.arn,
          topicArn: this.notifications.topic.arn,
          busName: this.bus.bus.name,
        },
      },
      child,
    );
    const { failover, failback, readiness } = this.machines.machines;
    new Schedules(
      `${name}-schedules`,
      { context, sentinelArn: functions.sentinel.arn, reconcilerArn: functions.reconciler.arn, readinessArn: readiness.arn },
      child,
    );
    new SiteAlarms(
      `${name}-alarms`,
      {
        context,
        topicArn: this.notifications.topic.arn,
        functions: { ...answering, ...functions },
        sentinel: functions.sentinel,
        queueName: this.queue.queue.name,
        deadLetterQueueName: this.queue.deadLetters.name,
        apiName: siteName(context, ["trades"], 255),
        clusterIdentifier: this.ledger.cluster.clusterIdentifier,
        stateMachineArns: { failover: failover.arn, failback: failback.arn, readiness: readiness.arn },
      },
      child,
    );
    new LeaseAlarm(`${name}-lease`, { context, topicArn: this.notifications.topic.arn }, child);
    if (settings.domainName !== undefined && settings.hostedZoneId !== undefined) {
      const { domainName, hostedZoneId } = settings;
      this.publicDomain = new PublicDomain(`${name}-public`, { domainName, hostedZoneId, stage: this.api.stage, api: entrance.api }, child);
    }
    this.registerOutputs({ url: entrance.url, failoverArn: failover.arn, failbackArn: failback.arn, readinessArn: readiness.arn });
  }

  /** What the functions work on: this site's things by reference, shared and peer things by their names, which are known beforehand. */
  private resources({ context, ledger, entrance }: RegionalSiteArgs): SiteResources {
    const { settings, site, region, peerRegion, accountId } = context;
    const names = tableNames(settings.environmentSuffix);
    const table = (tableName: string) => ({
      name: tableName,
      arn: pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`,
    });
    const peer = site === "primary" ? "standby" : "primary";
    const { queueUrl, queueArn } = peerNames(context);
    return {
      journalTable: table(names.journal),
      leaseTable: table(names.lease),
      sessionsTable: table(names.sessions),
      queueUrl: this.queue.queue.url,
      queueArn: this.queue.queue.arn,
      peerQueueUrl: queueUrl(peer),
      peerQueueArn: queueArn(peer),
      clusterArn: this.ledger.cluster.arn,
      clusterIdentifier: this.ledger.cluster.clusterIdentifier,
      peerClusterArn: pulumi.interpolate`arn:aws:rds:${peerRegion}:${accountId}:cluster:${siteName({ site: peer, settings }, ["ledger"], 63)}`,
      globalClusterId: ledger.cluster.globalClusterIdentifier,
      globalClusterArn: ledger.cluster.arn,
      secretArn: ledger.secretArn[site],
      auditBucket: this.audit.bucket.bucket,
      auditBucketArn: this.audit.bucket.arn,
      busName: this.bus.bus.name,
      busArn: this.bus.bus.arn,
      keyArn: this.key.key.arn,
      apiArn: entrance.api.executionArn,
    };
  }
}
