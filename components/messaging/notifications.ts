import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document } from "../policy-documents";
import { siteName, type SiteContext } from "../site-context";

export interface NotificationsArgs {
  readonly context: SiteContext;
  readonly keyId: pulumi.Input<string>;
}

/** Where alarms and the state machines report to people. */
export class Notifications extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, { context, keyId }: NotificationsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:Notifications", name, {}, opts);
    const child = { parent: this };
    const { settings, accountId } = context;
    this.topic = new aws.sns.Topic(`${name}-topic`, { name: siteName(context, ["alerts"], 256), kmsMasterKeyId: keyId }, child);
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: document(
          {
            Sid: "AlarmsOfThisAccount",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: this.topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
          {
            Sid: "RefusePlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource: this.topic.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ),
      },
      child,
    );
    if (settings.alarmEmail !== undefined) {
      new aws.sns.TopicSubscription(`${name}-email`, { topic: this.topic.arn, protocol: "email", endpoint: settings.alarmEmail }, child);
    }
    this.registerOutputs({ topicArn: this.topic.arn });
  }
}
