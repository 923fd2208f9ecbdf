import { documentOf, refusesPlainHttp } from "../support/documents";
import { stackPolicy } from "../support/policy";
import { BUCKET } from "../support/types";

const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

/** AWS's own endpoints also answer to plain HTTP. */
export const bucketTransport = stackPolicy({
  name: "bucket-transport",
  rule: "Buckets refuse plain HTTP.",
  severity: "high",
  mend: "give the bucket a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false, on the bucket and its objects",
  options: {},
  judge: (stack, report) => {
    for (const bucket of stack.of(BUCKET)) {
      // The bucket's own property `policy` is an output since version 7; only a BucketPolicy sets it.
      const documents = stack.attached(bucket, POLICY, "bucket").map(({ props }) => documentOf(props.policy));
      const open = documents.some(({ state }) => state === "open") || stack.mayBeAttached(bucket, POLICY, "bucket");
      if (!open && !documents.some(refusesPlainHttp)) report("no policy of the bucket denies plain HTTP", bucket);
    }
  },
});
