import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tableNames } from "../../foundation/shared-tables";
import type { SiteData } from "../data/site-data";
import type { SiteNetwork } from "../../foundation/network/site-network";
import { trust } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { experimentPermissions } from "./experiment-permissions";

export interface PartitionExperimentArgs {
  readonly context: SiteContext;
  readonly network: SiteNetwork;
  readonly data: SiteData;
  readonly keyArn: pulumi.Input<string>;
  /** Physical names of the alarms of this region that end the experiment at once. */
  readonly stopAlarms: readonly pulumi.Input<string>[];
}

/**
 * A template of AWS FIS for a game day: cuts this region off from the others, for minutes, as a partition would. The strongly consistent tables refuse
 * writes here (two of three can't be reached), so this region can't renew the lease, and the other one takes it; sessions and objects are not copied;
 * what runs in the private subnets can't reach the other region. It does nothing until a person starts it.
 */
export class PartitionExperiment extends pulumi.ComponentResource {
  readonly templateId: pulumi.Output<string>;

  constructor(name: string, args: PartitionExperimentArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PartitionExperiment", name, {}, opts);
    const child = { parent: this };
    const { context, network, data, keyArn, stopAlarms } = args;
    const { settings, region, peerRegion, accountId } = context;
    const names = tableNames(settings.environmentSuffix);
    const tableArn = (table: string) => pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
    const tables = Object.values(names).map(tableArn);
    const buckets = Object.values(data.buckets).map(({ bucket }) => bucket.arn);
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/fis/${siteName(context, ["game", "day"], 200)}`, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
      child,
    );
    const { role, policy } = serviceRole(
      name,
      {
        settings,
        roleName: siteName(context, ["game", "day"], 64),
        assumeRolePolicy: trust("fis.amazonaws.com", accountId),
        permissions: experimentPermissions({
          context,
          tableArns: tables,
          replicatedTableArns: [tableArn(names.sessions)],
          bucketArns: buckets,
          subnetArns: network.privateSubnetArns,
        }),
      },
      child,
    );
    const duration = { key: "duration", value: `PT${settings.gameDay.minutes}M` };
    const from = { key: "region", value: peerRegion };
    const all = { selectionMode: "ALL" };
    const template = new aws.fis.ExperimentTemplate(
      `${name}-template`,
      {
        description: `Cuts ${region} off from ${peerRegion} (${settings.environmentSuffix})`,
        roleArn: role.arn,
        stopConditions: stopAlarms.map((alarm) => ({
          source: "aws:cloudwatch:alarm",
          value: pulumi.interpolate`arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarm}`,
        })),
        targets: [
          { ...all, name: "Tables", resourceType: "aws:dynamodb:global-table", resourceArns: tables },
          { ...all, name: "Buckets", resourceType: "aws:s3:bucket", resourceArns: buckets },
          { ...all, name: "Subnets", resourceType: "aws:ec2:subnet", resourceArns: [...network.privateSubnetArns] },
        ],
        actions: [
          {
            name: "TablesAlone",
            actionId: "aws:dynamodb:global-table-pause-replication",
            description: "Journal and lease refuse writes here, sessions are not copied",
            parameters: [duration],
            target: { key: "Tables", value: "Tables" },
          },
          {
            name: "BucketsAlone",
            actionId: "aws:s3:bucket-pause-replication",
            description: "Objects are not copied",
            parameters: [duration, from],
            target: { key: "Buckets", value: "Buckets" },
          },
          {
            name: "SubnetsAlone",
            actionId: "aws:network:route-table-disrupt-cross-region-connectivity",
            description: "The private subnets do not reach the other region",
            parameters: [duration, from],
            target: { key: "Subnets", value: "Subnets" },
          },
        ],
        logConfiguration: { logSchemaVersion: 2, cloudwatchLogsConfiguration: { logGroupArn: pulumi.interpolate`${logs.arn}:*` } },
        experimentOptions: { accountTargeting: "single-account", emptyTargetResolutionMode: "fail" },
        tags: { Name: siteName(context, ["game", "day"], 255) },
      },
      { ...child, dependsOn: [policy] },
    );
    this.templateId = template.id;
    this.registerOutputs({ templateId: this.templateId });
  }
}
