import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document, refusePlainHttp } from "../../foundation/policy-documents";
import { peerSite, siteName, type SiteContext } from "../../foundation/site-context";
import { noticeRuleArns } from "../notices/notice-rules";
import { receiversOf } from "../notices/receivers";
import { busName } from "./bus-name";
import { EncryptedQueue, sender } from "./encrypted-queue";

export interface NotificationsArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** Name of the rule that tells of machines which could not tell themselves. */
export const UNHEARD_ENDINGS = "unheard-endings";

/**
 * Where alarms and the state machines report to people: a topic, and a queue in which the notices of both regions lie for whatever pages or keeps
 * tickets. The notices that a region gave before it died are in the other one.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;
  /** Who may publish to it: there before whatever does. */
  readonly policy: aws.sns.TopicPolicy;
  readonly notices: aws.sqs.Queue;
  /** Notices of this region that a subscriber, a chat or a pager did not take. */
  readonly deadLetters: aws.sqs.Queue;

  constructor(name: string, { context, keyArn }: NotificationsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:Notifications", name, {}, opts);
    const child = { parent: this };
    const { settings, site, region, peerRegion, accountId } = context;
    this.topic = new aws.sns.Topic(`${name}-topic`, { name: siteName(context, ["alerts"], 256), kmsMasterKeyId: keyArn }, child);
    const endings = pulumi.interpolate`arn:aws:events:${region}:${accountId}:rule/${siteName(context, [UNHEARD_ENDINGS], 64)}`;
    this.policy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: document(
          {
            Sid: "AlarmsOfThisRegion",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: this.topic.arn,
            Condition: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:aws:cloudwatch:${region}:${accountId}:alarm:*` },
            },
          },
          {
            Sid: "EndingsOfMachines",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sns:Publish",
            Resource: this.topic.arn,
            // Whether EventBridge tells a topic the rule, AWS says in one place and denies in another: where it does, it must be this one.
            Condition: { ArnEqualsIfExists: { "aws:SourceArn": endings } },
          },
          refusePlainHttp("sns:Publish", this.topic.arn),
        ),
      },
      child,
    );
    const peerTopic = siteName({ site: peerSite(site), settings }, ["alerts"], 256);
    const topics = [this.topic.arn, pulumi.interpolate`arn:aws:sns:${peerRegion}:${accountId}:${peerTopic}`];
    this.notices = new EncryptedQueue(
      `${name}-notices`,
      {
        queueName: siteName(context, ["notices"], 80),
        keyArn,
        statements: (queueArn) => [sender("NoticesOfBothRegions", "sns.amazonaws.com", topics, queueArn)],
      },
      child,
    ).queue;
    this.deadLetters = new EncryptedQueue(
      `${name}-dead-letters`,
      {
        queueName: siteName(context, ["notices", "dlq"], 80),
        keyArn,
        statements: (queueArn) => [
          sender("NoticesThatWereNotTaken", "sns.amazonaws.com", [this.topic.arn], queueArn),
          sender("EndingsThatWereNotTaken", "events.amazonaws.com", [endings], queueArn),
          ...(receiversOf(settings).length === 0
            ? []
            : [sender("NoticesThatWereNotSent", "events.amazonaws.com", noticeRuleArns(context, busName(context)), queueArn)]),
        ],
      },
      child,
    ).queue;
    if (settings.alarmEmail !== undefined) {
      new aws.sns.TopicSubscription(`${name}-email`, { topic: this.topic.arn, protocol: "email", endpoint: settings.alarmEmail }, child);
    }
    this.registerOutputs({ topicArn: this.topic.arn });
  }
}
