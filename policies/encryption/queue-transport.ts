import { documentOf, refusesPlainHttp } from "../support/documents";
import { stackPolicy } from "../support/policy";
import { QUEUE, QUEUE_POLICY } from "../support/types";
import { isAbsent, type Value } from "../support/values";

/** AWS's own endpoints also answer to plain HTTP. */
export const queueTransport = stackPolicy({
  name: "queue-transport",
  rule: "Queues refuse plain HTTP.",
  severity: "high",
  mend: "give the queue a QueuePolicy that denies sqs:* to everybody where aws:SecureTransport is false",
  options: {},
  judge: (stack, report) => {
    for (const queue of stack.of(QUEUE)) {
      const attached: readonly Value[] = stack.attached(queue, QUEUE_POLICY, "queueUrl").map(({ props }) => props.policy);
      const policies: readonly Value[] = isAbsent(queue.props.policy) ? attached : [queue.props.policy, ...attached];
      const documents = policies.map(documentOf);
      const open = documents.some(({ state }) => state === "open") || stack.mayBeAttached(queue, QUEUE_POLICY, "queueUrl");
      if (!open && !documents.some(refusesPlainHttp)) report("no policy of the queue denies plain HTTP", queue);
    }
  },
});
