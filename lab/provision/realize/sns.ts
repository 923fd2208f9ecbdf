/** SNS: topics, and subscriptions of this region's queues and functions. E-mail and other regions' endpoints are recorded only. */
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { arn, regionOfArn, type RealizerTable } from "../context";
import { optionalFlag, optionalText, text } from "../values";

const LOCAL_PROTOCOLS = new Set(["sqs", "lambda"]);

export const sns: RealizerTable = {
  "aws:sns/topic:Topic": async (context, name, inputs) => {
    const topic = optionalText(inputs, "name") ?? name;
    const created = await context.sdk(SNSClient).send(new CreateTopicCommand({ Name: topic }));
    const topicArn = created.TopicArn ?? arn("sns", context.place.region, topic);
    return { id: topicArn, state: { name: topic, arn: topicArn } };
  },
  "aws:sns/topicSubscription:TopicSubscription": async (context, name, inputs) => {
    const topicArn = text(inputs, "topic");
    const protocol = text(inputs, "protocol");
    const endpoint = text(inputs, "endpoint");
    const here = context.place.region;
    const local = LOCAL_PROTOCOLS.has(protocol) && regionOfArn(endpoint) === here && regionOfArn(topicArn) === here;
    const subscribed = local
      ? await context.sdk(SNSClient).send(
          new SubscribeCommand({
            TopicArn: topicArn,
            Protocol: protocol,
            Endpoint: endpoint,
            Attributes: optionalFlag(inputs, "rawMessageDelivery") ? { RawMessageDelivery: "true" } : {},
            ReturnSubscriptionArn: true,
          }),
        )
      : undefined;
    const subscriptionArn = subscribed?.SubscriptionArn ?? `${topicArn}:${name}`;
    return { id: subscriptionArn, state: { arn: subscriptionArn, pendingConfirmation: !local } };
  },
};
