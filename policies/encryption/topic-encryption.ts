import { resourcePolicy } from "../support/policy";
import { TOPIC } from "../support/types";
import { isText, passes } from "../support/values";

/** SNS encrypts only where it is given a key. */
export const topicEncryption = resourcePolicy({
  name: "topic-encryption",
  rule: "Topics are encrypted at rest with a key that alarms may use.",
  severity: "high",
  mend: "set kmsMasterKeyId to the site's key and let cloudwatch.amazonaws.com use it; the AWS managed key alias/aws/sns can't be shared with alarms",
  types: [TOPIC],
  options: {},
  judge: ({ props }, report) => {
    if (!passes(props.kmsMasterKeyId, isText)) report("kmsMasterKeyId is not set");
    else if (props.kmsMasterKeyId === "alias/aws/sns")
      report("kmsMasterKeyId is alias/aws/sns, with which CloudWatch alarms can't publish");
  },
});
