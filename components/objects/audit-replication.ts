import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, document, trust } from "../policy-documents";
import type { RegionalSite } from "../regional-site";
import { siteName, type SiteContext } from "../site-context";

export interface AuditReplicationArgs {
  readonly context: SiteContext;
  readonly from: RegionalSite;
  readonly to: RegionalSite;
}

/** Copies a site's audit records to the other site's bucket within 15 minutes (Replication Time Control), encrypted with the key there. */
export class AuditReplication extends pulumi.ComponentResource {
  constructor(name: string, { context, from, to }: AuditReplicationArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:AuditReplication", name, {}, opts);
    const child = { parent: this };
    const source = from.data.audit.bucket.arn;
    const target = to.data.audit.bucket.arn;
    const role = new aws.iam.Role(
      `${name}-role`,
      { name: siteName(context, ["audit", "replication"], 64), assumeRolePolicy: trust("s3.amazonaws.com", context.accountId) },
      child,
    );
    new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        name: "permissions",
        role: role.id,
        policy: document(
          allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
          allow(
            ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            pulumi.interpolate`${source}/*`,
          ),
          allow(["s3:ReplicateObject", "s3:ReplicateTags"], pulumi.interpolate`${target}/*`),
          allow("kms:Decrypt", from.foundation.key.key.arn),
          allow("kms:Encrypt", to.foundation.key.key.arn),
        ),
      },
      child,
    );
    new aws.s3.BucketReplicationConfig(
      `${name}-rule`,
      {
        bucket: from.data.audit.bucket.id,
        role: role.arn,
        rules: [
          {
            id: "all",
            status: "Enabled",
            filter: { prefix: "" },
            // A deletion in one region must not reach the other.
            deleteMarkerReplication: { status: "Disabled" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
              bucket: target,
              storageClass: "STANDARD",
              encryptionConfiguration: { replicaKmsKeyId: to.foundation.key.key.arn },
              replicationTime: { status: "Enabled", time: { minutes: 15 } },
              metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
            },
          },
        ],
      },
      { ...child, dependsOn: [from.data.audit.versioning, to.data.audit.versioning] },
    );
    this.registerOutputs({});
  }
}
