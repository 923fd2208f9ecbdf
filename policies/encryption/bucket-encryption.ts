import { isExcepted, reasons } from "../support/config";
import { stackPolicy } from "../support/policy";
import { BUCKET } from "../support/types";
import { at, isText, isTrue, list, passes, type Value } from "../support/values";

const CONFIGURATIONS = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];

function problem(rules: readonly Value[], byService: boolean): string | undefined {
  if (rules.length === 0) return "its encryption has no rule";
  for (const rule of rules) {
    const standard = at(rule, "applyServerSideEncryptionByDefault");
    const byDefault = list(standard)[0];
    if (byService && at(byDefault, "sseAlgorithm") === "AES256") continue;
    if (!passes(at(byDefault, "sseAlgorithm"), (value) => value === "aws:kms" || value === "aws:kms:dsse"))
      return "sseAlgorithm is not aws:kms";
    if (!passes(at(byDefault, "kmsMasterKeyId"), isText)) return "kmsMasterKeyId is not set";
    if (!passes(at(rule, "bucketKeyEnabled"), isTrue)) return "bucketKeyEnabled is not true, so every object costs a call to KMS";
  }
  return undefined;
}

/** Buckets use a customer managed key, so that reading takes a second permission. */
export const bucketEncryption = stackPolicy({
  name: "bucket-encryption",
  rule: "Buckets are encrypted at rest with the customer's key.",
  severity: "high",
  mend: "add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId of the site's key and bucketKeyEnabled: true",
  options: {
    exempt: reasons(
      { "*access-logs*": "S3 can't deliver access logs to a bucket that is encrypted by KMS" },
      "Resource names of buckets that may be encrypted by S3's own key, each with the reason; * stands for anything.",
    ),
  },
  judge: (stack, report, { exempt }) => {
    for (const bucket of stack.of(BUCKET)) {
      const attached = CONFIGURATIONS.flatMap((type) => stack.attached(bucket, type, "bucket"));
      if (attached.length === 0) {
        if (!CONFIGURATIONS.some((type) => stack.mayBeAttached(bucket, type, "bucket"))) report("its encryption is not configured", bucket);
        continue;
      }
      for (const configuration of attached) {
        const found = problem(list(configuration.props.rules), isExcepted(exempt, bucket.name));
        if (found !== undefined) report(found, configuration);
      }
    }
  },
});
