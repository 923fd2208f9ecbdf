import * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "../../foundation/site-context";
import { bucketName, PrivateBucket, type PrivateBucketArgs } from "./private-bucket";

export interface SiteBucketsArgs {
  readonly context: SiteContext;
  /** This region's end of the objects' key. */
  readonly keyArn: pulumi.Input<string>;
}

/** What is replicated to the other site's bucket of the same purpose, both ways; which site is active does not matter. */
export const REPLICATED = ["audit", "assets", "configuration"] as const;
export type ReplicatedPurpose = (typeof REPLICATED)[number];

const ACCESS_LOGS = "access-logs";
const DAYS_UNTIL_CHEAPER = 90;
/** How long a version that a newer one has replaced can still be brought back, days. */
const DAYS_OF_OLD_VERSIONS = { assets: 90, configuration: 365 };

/** The region's buckets: the audit log, which nobody can change; static assets; configuration; and who read and wrote them. */
export class SiteBuckets extends pulumi.ComponentResource {
  readonly replicated: Readonly<Record<ReplicatedPurpose, PrivateBucket>>;

  constructor(name: string, { context, keyArn }: SiteBucketsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteBuckets", name, {}, opts);
    const child = { parent: this };
    const { settings, accountId } = context;
    const accessLogs = new PrivateBucket(
      `${name}-${ACCESS_LOGS}`,
      {
        context,
        purpose: ACCESS_LOGS,
        // S3 delivers access logs only to buckets with its own key.
        statements: (arn) => [
          {
            Sid: "AccessLogsOfThisSite",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${arn}/*`,
            Condition: {
              ArnLike: { "aws:SourceArn": REPLICATED.map((purpose) => pulumi.interpolate`arn:aws:s3:::${bucketName(context, purpose)}`) },
              StringEquals: { "aws:SourceAccount": accountId },
            },
          },
        ],
        lifecycle: [
          { id: "logs-end", expiration: { days: settings.logRetentionDays }, noncurrentVersionExpiration: { noncurrentDays: 1 } },
        ],
      },
      child,
    );
    // Where the logs go must take them before anything is logged.
    const logsTo = accessLogs.bucket.id;
    const bucket = (purpose: ReplicatedPurpose, rest: Pick<PrivateBucketArgs, "lifecycle" | "lock">) =>
      new PrivateBucket(`${name}-${purpose}`, { context, purpose, keyArn, logsTo, ...rest }, { ...child, dependsOn: [accessLogs] });
    const old = (purpose: keyof typeof DAYS_OF_OLD_VERSIONS) => ({
      id: "replaced-versions-end",
      noncurrentVersionExpiration: { noncurrentDays: DAYS_OF_OLD_VERSIONS[purpose] },
    });
    const cheaper = { id: "older-records-to-cheaper-storage", transitions: [{ days: DAYS_UNTIL_CHEAPER, storageClass: "STANDARD_IA" }] };
    const lock = { mode: settings.audit.lockMode, days: settings.audit.retentionDays };
    this.replicated = {
      audit: bucket("audit", { lock, lifecycle: [cheaper] }),
      assets: bucket("assets", { lifecycle: [old("assets")] }),
      configuration: bucket("configuration", { lifecycle: [old("configuration")] }),
    };
    this.registerOutputs({});
  }
}
