import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { UNHEARD_ENDINGS, type Notifications } from "../messaging/notifications";

export interface UnheardEndingsArgs {
  readonly context: SiteContext;
  readonly notifications: Pick<Notifications, "topic" | "deadLetters" | "policy">;
  readonly stateMachineArns: readonly pulumi.Input<string>[];
}

/** A machine says itself how it ended, unless it was ended: by its own time limit or by a person, after which no state of it runs. */
const UNHEARD = ["TIMED_OUT", "ABORTED"];

/** What people read. A template for text stands in quotation marks. */
const NOTICE = '"<execution> has ended as <status>. The lease stays where it is. Start the machine again: every step is re-entrant."';

/** Tells people of an execution that could not tell them itself. */
export class UnheardEndings extends pulumi.ComponentResource {
  constructor(name: string, { context, notifications, stateMachineArns }: UnheardEndingsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:UnheardEndings", name, {}, opts);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        name: siteName(context, [UNHEARD_ENDINGS], 64),
        description: "Moves that ended without a word of their own",
        eventPattern: pulumi.jsonStringify({
          source: ["aws.states"],
          "detail-type": ["Step Functions Execution Status Change"],
          detail: { status: UNHEARD, stateMachineArn: stateMachineArns },
        }),
      },
      child,
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        arn: notifications.topic.arn,
        inputTransformer: { inputPaths: { execution: "$.detail.executionArn", status: "$.detail.status" }, inputTemplate: NOTICE },
        deadLetterConfig: { arn: notifications.deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      { ...child, dependsOn: [notifications.policy] },
    );
    this.registerOutputs({});
  }
}
