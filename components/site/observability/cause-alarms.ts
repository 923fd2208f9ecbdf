/** What comes before a symptom, or helps to find its cause. Few: the functions of a region share an alarm. */
import { siteName } from "../../foundation/site-context";
import type { LambdaFunction } from "../compute/lambda-function";
import type { AlarmedSite, AlarmShape, Metric } from "./alarm-shape";

/** Run for somebody who waits for the answer and sees a failure at once: the stack's update. */
const ANSWERS_SOMEBODY = new Set(["bootstrap", "parity"]);
/** Tried again by its queue, and seen by the queue's age and its dead letters. */
const TRIED_AGAIN = new Set(["trade-processor", "auditor"]);
/** Share of its time limit that a run may take. The sentinel's runs are nearly as long as their limit, by design. */
const LONGEST_SHARE = 0.9;
const LONGEST_SHARES: Readonly<Record<string, number>> = { sentinel: 0.98 };

export function causes({ context, working }: AlarmedSite): AlarmShape[] {
  const watched = Object.entries(working).filter(([handler]) => !ANSWERS_SOMEBODY.has(handler));
  const of = ({ function: fn }: LambdaFunction, metric: string, statistic: Metric["statistic"]): Metric => ({
    namespace: "AWS/Lambda",
    metric,
    dimensions: { FunctionName: fn.name },
    statistic,
  });
  const silence = "none of them was called; sentinel-silent would tell";
  return [
    {
      name: "function-errors",
      says: "Functions that nobody waits for fail",
      on: { of: "SUM", metrics: watched.flatMap(([handler, lambda]) => (TRIED_AGAIN.has(handler) ? [] : [of(lambda, "Errors", "Sum")])) },
      threshold: 1,
      periodSeconds: 300,
      silence,
    },
    {
      name: "function-throttles",
      says: "Functions are not run because the account's or their own concurrency is used up",
      on: { of: "SUM", metrics: watched.map(([, lambda]) => of(lambda, "Throttles", "Sum")) },
      threshold: 0,
      periods: 3,
      silence,
    },
    {
      name: "function-duration",
      says: "A function comes near its time limit",
      on: {
        of: "MAX",
        metrics: watched.map(([handler, lambda]) => ({
          ...of(lambda, "Duration", "Maximum"),
          per: Math.round(lambda.timeoutSeconds * 1000 * (LONGEST_SHARES[handler] ?? LONGEST_SHARE)),
        })),
      },
      threshold: 1,
      periods: 3,
      silence,
    },
    {
      name: "queue-depth",
      says: "Trades come faster than they are settled",
      on: {
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: siteName(context, ["trades"], 80) },
        statistic: "Maximum",
      },
      threshold: 10_000,
      periods: 5,
    },
  ];
}
