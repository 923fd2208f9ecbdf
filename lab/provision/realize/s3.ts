/** S3: buckets and the settings of theirs that the emulator acts on. Replication is done by the regions' fronts (`wiring.ts`). */
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { jsonText, member, optionalFlag, optionalNumber, optionalText, text, type Plain } from "../values";
import { readAsset } from "../assets";

async function bucket(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(S3Client);
  const bucketName = optionalText(inputs, "bucket") ?? name;
  const region = context.place.region;
  await unlessThere(
    async () =>
      void (await client.send(
        new CreateBucketCommand({
          Bucket: bucketName,
          ObjectLockEnabledForBucket: optionalFlag(inputs, "objectLockEnabled"),
          // us-east-1 is the default and may not be named.
          ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as "us-east-2" } }),
        }),
      )),
    async () => void (await client.send(new HeadBucketCommand({ Bucket: bucketName }))),
    "BucketAlreadyOwnedByYou",
    "BucketAlreadyExists",
  );
  return {
    id: bucketName,
    state: {
      bucket: bucketName,
      arn: `arn:aws:s3:::${bucketName}`,
      region,
      bucketRegion: region,
      bucketDomainName: `${bucketName}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucketName}.s3.${region}.amazonaws.com`,
      hostedZoneId: "Z0000000000000",
    },
  };
}

async function versioning(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const status = text(member(inputs, "versioningConfiguration"), "status") as "Enabled" | "Suspended";
  const bucketName = text(inputs, "bucket");
  await context.sdk(S3Client).send(new PutBucketVersioningCommand({ Bucket: bucketName, VersioningConfiguration: { Status: status } }));
  return { id: bucketName, state: {} };
}

async function objectLock(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const bucketName = text(inputs, "bucket");
  const retention = member(member(inputs, "rule"), "defaultRetention");
  const mode = optionalText(retention, "mode") as "GOVERNANCE" | "COMPLIANCE" | undefined;
  await context.sdk(S3Client).send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucketName,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        ...(mode === undefined
          ? {}
          : {
              Rule: {
                DefaultRetention: { Mode: mode, Days: optionalNumber(retention, "days"), Years: optionalNumber(retention, "years") },
              },
            }),
      },
    }),
  );
  return { id: bucketName, state: {} };
}

async function object(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const bucketName = text(inputs, "bucket");
  const key = text(inputs, "key");
  const body = inputs["source"] !== undefined ? await readAsset(inputs["source"]) : (optionalText(inputs, "content") ?? "");
  const put = await context
    .sdk(S3Client)
    .send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: body, ContentType: optionalText(inputs, "contentType") }));
  return { id: key, state: { etag: put.ETag ?? "", versionId: put.VersionId ?? "" } };
}

export const s3: RealizerTable = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
  "aws:s3/bucketVersioningV2:BucketVersioningV2": versioning,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": objectLock,
  "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": objectLock,
  "aws:s3/bucketPolicy:BucketPolicy": async (context, _name, inputs) => {
    const bucketName = text(inputs, "bucket");
    await context.sdk(S3Client).send(new PutBucketPolicyCommand({ Bucket: bucketName, Policy: jsonText(inputs["policy"]) }));
    return { id: bucketName, state: {} };
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
  "aws:s3/bucketObject:BucketObject": object,
};
