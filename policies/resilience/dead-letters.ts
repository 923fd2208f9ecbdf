import { integer, isExcepted, reasons, text } from "../support/config";
import { stackPolicy, type ReportOn } from "../support/policy";
import type { Member } from "../support/resource";
import { QUEUE, SCHEDULE } from "../support/types";
import { at, isAbsent, isText, json, list, number, passes, UNKNOWN, type Value } from "../support/values";

const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
/** Fourteen days, the most that SQS keeps a message. */
const LONGEST = 1_209_600;

function judgeQueue(queue: Member, isDeadLetters: boolean, maxReceives: number, report: ReportOn): void {
  const { redrivePolicy, messageRetentionSeconds } = queue.props;
  if (isDeadLetters) {
    if (!passes(messageRetentionSeconds, (value) => number(value) === LONGEST))
      report("dead letters are not kept for 14 days (messageRetentionSeconds)", queue);
    return;
  }
  if (redrivePolicy === UNKNOWN) return;
  const redrive = json(redrivePolicy);
  if (isAbsent(redrivePolicy)) return report("it has no redrivePolicy, so a message that can't be processed comes back for ever", queue);
  if (!passes(at(redrive, "deadLetterTargetArn"), isText)) report("its redrivePolicy names no deadLetterTargetArn", queue);
  const receives = at(redrive, "maxReceiveCount");
  if (!passes(receives, (value) => (number(value) ?? 0) >= 2 && (number(value) ?? 0) <= maxReceives)) {
    report(`its redrivePolicy's maxReceiveCount is not between 2 and ${maxReceives}`, queue);
  }
}

/** Messages that can't be delivered or processed are kept where somebody sees them. */
export const deadLetters = stackPolicy({
  name: "dead-letters",
  rule: "Queues, event targets, schedules and subscriptions to code keep what fails in a dead-letter queue.",
  severity: "high",
  mend: "set redrivePolicy on the queue or subscription, or deadLetterConfig on the target; keep dead letters for 14 days",
  options: {
    deadLetterNames: text("(dlq|dead-?letter)", "What the names of dead-letter queues match, a regular expression."),
    exempt: reasons(
      {
        "*-notices-queue": "nothing in the stack receives from it: whoever pages people takes the notices",
      },
      "Resource names that need none, each with the reason; * stands for anything.",
    ),
    maxReceives: integer(20, { minimum: 2, maximum: 1000 }, "Most receives of a message before it is a dead letter."),
  },
  judge: (stack, report, { deadLetterNames, exempt, maxReceives }) => {
    const pattern = new RegExp(deadLetterNames, "i");
    const judged = (type: string): readonly Member[] => stack.of(type).filter(({ name }) => !isExcepted(exempt, name));
    for (const queue of judged(QUEUE)) {
      const names: readonly Value[] = [queue.name, queue.props.name];
      judgeQueue(
        queue,
        names.some((name) => isText(name) && pattern.test(name)),
        maxReceives,
        report,
      );
    }
    for (const target of judged(TARGET)) {
      if (!passes(at(list(target.props.deadLetterConfig)[0], "arn"), isText)) report("it has no deadLetterConfig", target);
    }
    for (const schedule of judged(SCHEDULE)) {
      if (!passes(at(list(at(list(schedule.props.target)[0], "deadLetterConfig"))[0], "arn"), isText))
        report("its target has no deadLetterConfig", schedule);
    }
    for (const subscription of judged(SUBSCRIPTION)) {
      const { protocol, redrivePolicy } = subscription.props;
      const toCode = protocol === "sqs" || protocol === "lambda" || protocol === "https" || protocol === "firehose";
      if (toCode && isAbsent(redrivePolicy)) report("it has no redrivePolicy", subscription);
    }
  },
});
