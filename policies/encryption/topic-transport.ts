import { documentOf, refusesPlainHttp } from "../support/documents";
import { stackPolicy } from "../support/policy";
import { TOPIC, TOPIC_POLICY } from "../support/types";
import { isAbsent, type Value } from "../support/values";

/** AWS's own endpoints also answer to plain HTTP. */
export const topicTransport = stackPolicy({
  name: "topic-transport",
  rule: "Topics refuse plain HTTP, and deliver by TLS.",
  severity: "high",
  mend: "give the topic a TopicPolicy that denies sns:Publish to everybody where aws:SecureTransport is false, and no subscription the protocol http",
  options: {},
  judge: (stack, report) => {
    for (const topic of stack.of(TOPIC)) {
      const attached: readonly Value[] = stack.attached(topic, TOPIC_POLICY, "arn").map(({ props }) => props.policy);
      const policies: readonly Value[] = isAbsent(topic.props.policy) ? attached : [topic.props.policy, ...attached];
      const documents = policies.map(documentOf);
      const open = documents.some(({ state }) => state === "open") || stack.mayBeAttached(topic, TOPIC_POLICY, "arn");
      if (!open && !documents.some(refusesPlainHttp)) report("no policy of the topic denies plain HTTP", topic);
    }
    for (const subscription of stack.of("aws:sns/topicSubscription:TopicSubscription")) {
      if (subscription.props.protocol === "http") report("it delivers by plain HTTP", subscription);
    }
  },
});
