import { stackPolicy } from "../support/policy";
import { FUNCTION, QUEUE } from "../support/types";
import { list, number, passes, UNKNOWN } from "../support/values";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

/** One bad message must not return a whole batch, and no message may return while it is still being processed. */
export const queueConsumers = stackPolicy({
  name: "queue-consumers",
  rule: "Functions that read a queue report single failures, and the queue hides a message for six times the function's timeout.",
  severity: "medium",
  mend: "set functionResponseTypes: [ReportBatchItemFailures] on the mapping and visibilityTimeoutSeconds of the queue to six times the function's timeout",
  options: {},
  judge: (stack, report) => {
    for (const mapping of stack.of(MAPPING)) {
      const queue = stack.referent(mapping, "eventSourceArn", QUEUE);
      if (queue === undefined) continue;
      const types = list(mapping.props.functionResponseTypes);
      if (!types.includes(UNKNOWN) && !types.includes("ReportBatchItemFailures"))
        report("functionResponseTypes lacks ReportBatchItemFailures", mapping);
      const timeout = number(stack.referent(mapping, "functionName", FUNCTION)?.props.timeout);
      if (timeout === undefined) continue;
      const needed = 6 * timeout;
      // SQS's own default is 30 seconds.
      if (!passes(queue.props.visibilityTimeoutSeconds, (value) => (number(value) ?? 30) >= needed && typeof value !== "object")) {
        report(`visibilityTimeoutSeconds is less than ${needed}, six times the ${timeout} s of the function that reads it`, queue);
      }
    }
  },
});
