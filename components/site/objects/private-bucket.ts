import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../../settings/names";
import { document, refusePlainHttp, type Statement } from "../../foundation/policy-documents";
import type { SiteContext } from "../../foundation/site-context";

export type LifecycleRule = Omit<aws.types.input.s3.BucketLifecycleConfigurationRule, "status" | "filter">;

export interface PrivateBucketArgs {
  readonly context: SiteContext;
  /** Part of the bucket's name. */
  readonly purpose: string;
  /** Key of this region; undefined: S3's own, for what can't be written with another. */
  readonly keyArn?: pulumi.Input<string>;
  readonly lifecycle: readonly LifecycleRule[];
  /** Write once, read many: a version can't be changed or deleted for these days after it was written. */
  readonly lock?: { readonly mode: "governance" | "compliance"; readonly days: number };
  /** Bucket that the access log goes to. */
  readonly logsTo?: pulumi.Input<string>;
  /** What the bucket's policy says beside refusing plain HTTP. */
  readonly statements?: (bucketArn: pulumi.Output<string>) => readonly Statement[];
}

/** Bucket names are global: region and account are part of it, so that nobody else can have it. */
export const bucketName = ({ region, accountId, settings }: SiteContext, purpose: string): pulumi.Output<string> =>
  pulumi.output(accountId).apply((account) => physicalName(["trade", purpose, region, account], settings.environmentSuffix, 63));

/** A bucket as all of them are: versioned, encrypted, closed to the public and to plain HTTP, its owner the only one. */
export class PrivateBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly versioning: aws.s3.BucketVersioning;

  constructor(name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PrivateBucket", name, {}, opts);
    const child = { parent: this };
    const { context, purpose, keyArn, lifecycle, lock, logsTo, statements } = args;
    this.bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      // Whether versions can be locked is decided when the bucket is made.
      { bucket: bucketName(context, purpose), objectLockEnabled: lock !== undefined, forceDestroy: !context.settings.deletionProtection },
      { ...child, protect: context.settings.deletionProtection },
    );
    const bucket = this.bucket.id;
    this.versioning = new aws.s3.BucketVersioning(`${name}-versioning`, { bucket, versioningConfiguration: { status: "Enabled" } }, child);
    const afterVersioning = { ...child, dependsOn: [this.versioning] };
    const encryption = keyArn === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: keyArn !== undefined }] },
      child,
    );
    const blocked = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    new aws.s3.BucketOwnershipControls(`${name}-ownership`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, child);
    const whole = { status: "Enabled", filter: { prefix: "" } };
    const unfinished = { id: "unfinished-uploads-end", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } };
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket, rules: [unfinished, ...lifecycle].map((rule) => ({ ...whole, ...rule })) },
      afterVersioning,
    );
    if (lock) {
      const defaultRetention = { mode: lock.mode.toUpperCase(), days: lock.days };
      new aws.s3.BucketObjectLockConfiguration(`${name}-lock`, { bucket, rule: { defaultRetention } }, afterVersioning);
    }
    if (logsTo !== undefined) new aws.s3.BucketLogging(`${name}-log`, { bucket, targetBucket: logsTo, targetPrefix: `${purpose}/` }, child);
    const { arn } = this.bucket;
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: document(refusePlainHttp("s3:*", arn, pulumi.interpolate`${arn}/*`), ...(statements?.(arn) ?? [])) },
      { ...child, dependsOn: [blocked] },
    );
    this.registerOutputs({ bucket });
  }
}
