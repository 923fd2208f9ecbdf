import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../../foundation/policy-documents";
import type { SiteContext } from "../../foundation/site-context";

export interface BackupPermissionsArgs {
  readonly context: SiteContext;
  readonly clusterArn: pulumi.Input<string>;
  readonly tableArns: readonly pulumi.Input<string>[];
  readonly bucketArns: readonly pulumi.Input<string>[];
  readonly objectsKeyArn: pulumi.Input<string>;
  /** Of both regions: backups are encrypted here, copies there. */
  readonly keyArns: readonly pulumi.Input<string>[];
  readonly vaultArns: readonly pulumi.Input<string>[];
}

/**
 * What AWS Backup may do with a site's data: make and copy backups of these things. It is AWS's own policy for the service, cut down to three services
 * and to what is named here; it restores nothing.
 */
export function backupPermissions(args: BackupPermissionsArgs): readonly Statement[] {
  const { context, vaultArns } = args;
  const { region, peerRegion, accountId } = context;
  return [
    ...ledger(args),
    allow(["dynamodb:DescribeTable", "dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource"], args.tableArns),
    ...objects(args),
    ...keys(args),
    allow(["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"], vaultArns),
    allow(
      ["backup:CopyFromBackupVault", "backup:TagResource"],
      [region, peerRegion].map((at) => pulumi.interpolate`arn:aws:backup:${at}:${accountId}:recovery-point:*`),
    ),
    // Looking for tagged resources knows no resource to name.
    allow("tag:GetResources", "*"),
  ];
}

function ledger({ context, clusterArn }: BackupPermissionsArgs): readonly Statement[] {
  const { region, peerRegion, accountId } = context;
  const snapshots = (name: string) =>
    [region, peerRegion].map((at) => pulumi.interpolate`arn:aws:rds:${at}:${accountId}:cluster-snapshot:${name}`);
  return [
    allow(["rds:DescribeDBClusters", "rds:CreateDBClusterSnapshot", "rds:ListTagsForResource"], clusterArn),
    allow("rds:DescribeDBClusterSnapshots", [clusterArn, ...snapshots("*")]),
    allow(
      [
        "rds:CreateDBClusterSnapshot",
        "rds:CopyDBClusterSnapshot",
        "rds:DeleteDBClusterSnapshot",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:AddTagsToResource",
        "rds:ListTagsForResource",
      ],
      snapshots("awsbackup:*"),
    ),
  ];
}

function objects({ context, bucketArns }: BackupPermissionsArgs): readonly Statement[] {
  const { region, accountId } = context;
  return [
    allow(
      [
        "s3:GetInventoryConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:ListBucketVersions",
        "s3:ListBucket",
        "s3:GetBucketVersioning",
        "s3:GetBucketNotification",
        "s3:PutBucketNotification",
        "s3:GetBucketLocation",
        "s3:GetBucketTagging",
        "s3:GetBucketAcl",
      ],
      bucketArns,
    ),
    allow(
      [
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
      ],
      bucketArns.map((arn) => pulumi.interpolate`${arn}/*`),
    ),
    // AWS Backup follows a bucket's changes by a rule of its own.
    allow(
      [
        "events:PutRule",
        "events:DeleteRule",
        "events:DescribeRule",
        "events:EnableRule",
        "events:DisableRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:ListTargetsByRule",
      ],
      pulumi.interpolate`arn:aws:events:${region}:${accountId}:rule/AwsBackupManagedRule*`,
    ),
    // Listing rules and reading metrics know no resources to name.
    allow(["events:ListRules", "cloudwatch:GetMetricData"], "*"),
  ];
}

function keys({ keyArns, objectsKeyArn }: BackupPermissionsArgs): readonly Statement[] {
  return [
    allow(["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], [...keyArns, objectsKeyArn]),
    { ...allow("kms:CreateGrant", [...keyArns]), Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } },
  ];
}
