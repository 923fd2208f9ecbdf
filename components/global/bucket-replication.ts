import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, allowKey, trustWhereTold } from "../foundation/policy-documents";
import { serviceRole } from "../foundation/service-role";
import { siteName, type SiteContext } from "../foundation/site-context";
import type { PrivateBucket } from "../site/objects/private-bucket";

/** A bucket and the key of its region. */
export interface ReplicationEnd {
  readonly store: PrivateBucket;
  readonly keyArn: pulumi.Input<string>;
}

export interface BucketReplicationArgs {
  /** Of the site that is copied from. */
  readonly context: SiteContext;
  readonly purpose: string;
  readonly from: ReplicationEnd;
  readonly to: ReplicationEnd;
  /** The audit log: a deletion in one region must not reach the other, and its versions carry a lock. */
  readonly writeOnce: boolean;
}

/**
 * Copies what is written to a site's bucket to the other site's within 15 minutes (Replication Time Control), with metrics that say how late it is.
 * Two of these, one each way, keep both alike: a copy is not copied back, and a change of a copy's tags or lock finds its way, too.
 */
export class BucketReplication extends pulumi.ComponentResource {
  constructor(name: string, args: BucketReplicationArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:BucketReplication", name, {}, opts);
    const { context, purpose, from, to, writeOnce } = args;
    const child = { parent: this };
    const source = from.store.bucket.arn;
    const target = to.store.bucket.arn;
    const read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"];
    const readLock = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"];
    const write = ["s3:ReplicateObject", "s3:ReplicateTags", ...(writeOnce ? [] : ["s3:ReplicateDelete"])];
    const { role, policy } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: siteName(context, [purpose, "replication"], 64),
        assumeRolePolicy: trustWhereTold("s3.amazonaws.com", context.accountId),
        permissions: [
          allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
          allow(writeOnce ? [...read, ...readLock] : read, pulumi.interpolate`${source}/*`),
          allow(write, pulumi.interpolate`${target}/*`),
          allowKey(["kms:Decrypt"], from.keyArn, "s3", context.region),
          allowKey(["kms:Encrypt", "kms:GenerateDataKey"], to.keyArn, "s3", context.peerRegion),
        ],
      },
      child,
    );
    new aws.s3.BucketReplicationConfig(
      `${name}-rule`,
      {
        bucket: from.store.bucket.id,
        role: role.arn,
        rules: [
          {
            id: "all",
            // S3 asks for one wherever there is a filter.
            priority: 1,
            status: "Enabled",
            filter: { prefix: "" },
            deleteMarkerReplication: { status: writeOnce ? "Disabled" : "Enabled" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" }, replicaModifications: { status: "Enabled" } },
            destination: {
              bucket: target,
              storageClass: "STANDARD",
              encryptionConfiguration: { replicaKmsKeyId: to.keyArn },
              replicationTime: { status: "Enabled", time: { minutes: 15 } },
              metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
            },
          },
        ],
      },
      { ...child, dependsOn: [policy, from.store.versioning, to.store.versioning] },
    );
    this.registerOutputs({});
  }
}
