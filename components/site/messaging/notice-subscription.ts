import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Notifications } from "./notifications";

export interface NoticeSubscriptionArgs {
  /** Whose topic tells. The subscription is of its region, so this is made with that region's provider. */
  readonly from: Pick<Notifications, "topic" | "deadLetters">;
  /** Whose queue keeps the notices, in either region. */
  readonly to: Pick<Notifications, "notices">;
}

/** Puts each notice of a topic into a queue; what the queue does not take lies in the dead-letter queue beside the topic. */
export const keepNotices = (
  name: string,
  { from, to }: NoticeSubscriptionArgs,
  opts: pulumi.CustomResourceOptions,
): aws.sns.TopicSubscription =>
  new aws.sns.TopicSubscription(
    `${name}-notices`,
    {
      topic: from.topic.arn,
      protocol: "sqs",
      endpoint: to.notices.arn,
      rawMessageDelivery: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: from.deadLetters.arn }),
    },
    opts,
  );
