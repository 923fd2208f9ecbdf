import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names";
import { document, refusePlainHttp } from "../policy-documents";
import type { SiteContext } from "../site-context";

export interface AuditBucketArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** Audit records of settlements; replicated to the other region's bucket by the global layer. */
export class AuditBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly versioning: aws.s3.BucketVersioning;

  constructor(name: string, { context, keyArn }: AuditBucketArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:AuditBucket", name, {}, opts);
    const child = { parent: this };
    const { settings, region } = context;
    this.bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      // Bucket names are global: the region is part of it.
      { bucket: physicalName(["trade", "audit", region], settings.environmentSuffix, 63) },
      { ...child, protect: settings.deletionProtection },
    );
    const bucket = this.bucket.id;
    this.versioning = new aws.s3.BucketVersioning(`${name}-versioning`, { bucket, versioningConfiguration: { status: "Enabled" } }, child);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn }, bucketKeyEnabled: true }],
      },
      child,
    );
    const blocked = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    new aws.s3.BucketOwnershipControls(`${name}-ownership`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, child);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: "older-records-to-cheaper-storage",
            status: "Enabled",
            filter: { prefix: "" },
            transitions: [{ days: 90, storageClass: "STANDARD_IA" }],
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { ...child, dependsOn: [this.versioning] },
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: document(refusePlainHttp("s3:*", this.bucket.arn, pulumi.interpolate`${this.bucket.arn}/*`)) },
      { ...child, dependsOn: [blocked] },
    );
    this.registerOutputs({ bucket });
  }
}
