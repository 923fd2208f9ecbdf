import { metricsOf } from "../support/alarms";
import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { ALARM } from "../support/types";
import { isText, UNKNOWN } from "../support/values";

/** A dead system sends no data. An alarm that takes silence for health stays silent when it matters. */
export const alarmMissingData = resourcePolicy({
  name: "alarm-missing-data",
  rule: "Alarms say what missing data means: breaching, but for counts of events that AWS sends only when they happen.",
  severity: "high",
  mend: "set treatMissingData: breaching; notBreaching is for metrics that are listed as counts of events; missing and ignore are never right.",
  types: [ALARM],
  options: {
    eventCounts: texts(
      [
        "Errors",
        "Throttles",
        "Duration",
        "DeadLetterErrors",
        "4XXError",
        "5XXError",
        "Latency",
        "IntegrationLatency",
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        "ExecutionThrottled",
        "FailedInvocations",
        "InvocationDroppedCount",
        "NumberOfNotificationsFailed",
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "TargetResponseTime",
        "RejectedConnectionCount",
        "SystemErrors",
        "ThrottledRequests",
        "OperationsFailedReplication",
        "BlockedRequests",
        // SQS sends nothing of a queue that nobody has used for six hours, as a queue of dead letters should be.
        "ApproximateNumberOfMessagesVisible",
        // Counted by the active region only; that nobody counts is what the reconciler's and the sentinel's own alarms tell.
        "TradesPending",
        "TradesRefused",
        "TradesFailed",
        "LeaseNotTaken",
        "ParameterCopyOvertaken",
        // Of the writer alone: the passive region's cluster commits nothing.
        "CommitLatency",
      ],
      "Metrics of which no data means that nothing happened.",
    ),
    totals: texts(
      ["Count", "RequestCount", "TradesAsked"],
      "Metrics that failures are divided by: beside a count of failures, no data means that nobody asked.",
    ),
  },
  judge: ({ props }, report, { eventCounts, totals }) => {
    const { treatMissingData } = props;
    const metrics = metricsOf({ props });
    const counted = metrics.some((metric) => isText(metric) && eventCounts.includes(metric));
    const innocent = counted ? [...eventCounts, ...totals] : eventCounts;
    const other = metrics.filter((metric) => !isText(metric) || !innocent.includes(metric));
    if (treatMissingData !== UNKNOWN && !metrics.includes(UNKNOWN) && treatMissingData !== "breaching") {
      if (!isText(treatMissingData) || treatMissingData === "missing" || treatMissingData === "ignore")
        report("treatMissingData takes silence for nothing to say");
      else if (other.length > 0)
        report(
          `treatMissingData is ${treatMissingData}, and no data of ${other.map((metric) => (isText(metric) ? metric : "an expression")).join(", ")} is bad news`,
        );
    }
  },
});
