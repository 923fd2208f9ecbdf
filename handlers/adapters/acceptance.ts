import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Journal, SessionStore } from "../ports";
import { limits } from "./clients";
import type { Environment } from "./environment";

export interface AcceptanceCheck {
  readonly name: "journal" | "queue" | "sessions";
  readonly run: () => Promise<unknown>;
}

/** What a region needs to accept a trade: a quorum for its journal, a queue that answers and, where a trade needs one, sessions. Each check rejects within `deadlineMs`. */
export function acceptanceChecks(
  env: Environment<"queue.look">,
  { journal, sessions }: { readonly journal: Pick<Journal, "get">; readonly sessions?: Pick<SessionStore, "find"> },
  deadlineMs: number,
): readonly AcceptanceCheck[] {
  // One refusal (a throttle, a connection that ended while the function was frozen) does not make a region unfit; the deadline holds for all tries.
  const sqs = new SQSClient(limits(deadlineMs, 2));
  const within = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("timeout")), deadlineMs);
    });
    return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
  };
  return [
    { name: "journal", run: () => within(journal.get("0".repeat(32))) },
    {
      name: "queue",
      run: () => within(sqs.send(new GetQueueAttributesCommand({ QueueUrl: env.TRADE_QUEUE_URL, AttributeNames: ["QueueArn"] }))),
    },
    ...(sessions ? [{ name: "sessions" as const, run: () => within(sessions.find("none")) }] : []),
  ];
}
