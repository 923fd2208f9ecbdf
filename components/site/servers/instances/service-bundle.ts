import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Artefacts } from "../fleet";

export interface ServiceBundle {
  readonly bucket: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
  /** Of the code, SHA-256 in hex: what an instance runs must be it. */
  readonly sha256: string;
}

/** Where in the bucket the code lies. */
export const BUNDLES = "service";

const ROOT = process.env.TRADE_FAILOVER_ROOT ?? join(__dirname, "../../../..");

/**
 * The service's code in the region's own bucket, under a name made of its content, so that other code is another object: an instance of an earlier
 * template finds its own when a refresh is taken back. That is why an object stays when the stack names another one.
 */
export function serviceBundle(name: string, { bucket }: Artefacts, opts: pulumi.CustomResourceOptions): ServiceBundle {
  const file = join(ROOT, "dist/service/index.mjs");
  if (!existsSync(file)) throw new Error("the bundle of the service is missing: npm run bundle makes it");
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  const object = new aws.s3.BucketObjectv2(
    `${name}-bundle`,
    { bucket, key: `${BUNDLES}/${sha256}/index.mjs`, source: new pulumi.asset.FileAsset(file), contentType: "text/javascript" },
    { ...opts, retainOnDelete: true },
  );
  return { bucket: object.bucket, key: object.key, sha256 };
}
