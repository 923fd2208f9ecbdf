import { stackPolicy } from "../support/policy";
import { BUCKET } from "../support/types";
import { isAbsent, isTrue, passes } from "../support/values";

const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const ACL_TYPES = ["aws:s3/bucketAcl:BucketAcl"];
const WEBSITE_TYPES = ["aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"];
const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];

/** All four blocks, no access lists, no website. */
export const publicBucket = stackPolicy({
  name: "public-bucket",
  rule: "No bucket is, or can be made, public.",
  severity: "critical",
  mend: "add a BucketPublicAccessBlock with all four flags true and BucketOwnershipControls with BucketOwnerEnforced, and remove acl and website",
  options: {},
  judge: (stack, report) => {
    for (const bucket of stack.of(BUCKET)) {
      const blocks = stack.attached(bucket, BLOCK, "bucket");
      if (blocks.length === 0 && !stack.mayBeAttached(bucket, BLOCK, "bucket")) report("it has no BucketPublicAccessBlock", bucket);
      for (const block of blocks) {
        for (const flag of FLAGS) if (!passes(block.props[flag], isTrue)) report(`${flag} is not true`, block);
      }
      if (PUBLIC_ACLS.some((acl) => acl === bucket.props.acl)) report("acl makes it public", bucket);
      if (!passes(bucket.props.website, isAbsent)) report("it is a website", bucket);
    }
    for (const ownership of stack.of(OWNERSHIP)) {
      const rule = ownership.props.rule;
      const enforced = typeof rule === "object" && rule !== null && "objectOwnership" in rule ? rule.objectOwnership : undefined;
      if (!passes(rule, () => passes(enforced, (value) => value === "BucketOwnerEnforced")))
        report("objectOwnership is not BucketOwnerEnforced", ownership);
    }
    for (const acl of stack.of(...ACL_TYPES))
      if (PUBLIC_ACLS.some((one) => one === acl.props.acl)) report("acl makes the bucket public", acl);
    for (const website of stack.of(...WEBSITE_TYPES)) report("it makes a website of the bucket", website);
  },
});
