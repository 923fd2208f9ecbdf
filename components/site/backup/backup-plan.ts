import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tableNames } from "../../foundation/shared-tables";
import type { SiteData } from "../data/site-data";
import { trustWhereTold } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";
import type { SiteFoundation } from "../../foundation/site-foundation";
import { backupPermissions } from "./backup-permissions";

export interface BackupPlanArgs {
  readonly context: SiteContext;
  readonly foundation: SiteFoundation;
  readonly peer: SiteFoundation;
  readonly data: SiteData;
}

/** Outside of the ledgers' own backup and maintenance windows, in which AWS Backup may not begin. */
const SCHEDULE = "cron(0 10 * * ? *)";
const MINUTES_TO_BEGIN = 60;
const MINUTES_TO_END = 12 * 60;

/**
 * A backup of the region's ledger, tables and buckets each day, and a copy of it in the other region. Both sites do so, whichever is active: a region's
 * copy must be good without the other region, and nobody has to turn anything on after a failover.
 */
export class BackupPlan extends pulumi.ComponentResource {
  constructor(name: string, { context, foundation, peer, data }: BackupPlanArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:BackupPlan", name, {}, opts);
    const child = { parent: this };
    const { settings, region, accountId } = context;
    const lifecycle = { deleteAfter: settings.backup.retentionDays };
    const buckets = Object.values(data.buckets).map(({ bucket }) => bucket.arn);
    const tables = Object.values(tableNames(settings.environmentSuffix)).map(
      (table) => pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${table}`,
    );
    const clusterArn = data.ledger.cluster.arn;

    const { role, policy } = serviceRole(
      name,
      {
        settings,
        roleName: siteName(context, ["backup"], 64),
        assumeRolePolicy: trustWhereTold("backup.amazonaws.com", accountId),
        permissions: backupPermissions({
          context,
          clusterArn,
          tableArns: tables,
          bucketArns: buckets,
          objectsKeyArn: data.objectsKeyArn,
          keyArns: [foundation.key.key.arn, peer.key.key.arn],
          vaultArns: [foundation.vault.arn, peer.vault.arn],
        }),
      },
      child,
    );
    const plan = new aws.backup.Plan(
      `${name}-plan`,
      {
        name: siteName(context, ["daily"], 50),
        rules: [
          {
            ruleName: siteName(context, ["daily"], 50),
            targetVaultName: foundation.vault.vaultName,
            schedule: SCHEDULE,
            startWindow: MINUTES_TO_BEGIN,
            completionWindow: MINUTES_TO_END,
            lifecycle,
            copyActions: [{ destinationVaultArn: peer.vault.arn, lifecycle }],
          },
        ],
      },
      child,
    );
    new aws.backup.Selection(
      `${name}-selection`,
      {
        name: siteName(context, ["data"], 50),
        planId: plan.id,
        iamRoleArn: role.arn,
        resources: [clusterArn, ...tables, ...buckets],
      },
      { ...child, dependsOn: [policy] },
    );
    this.registerOutputs({ planArn: plan.arn });
  }
}
