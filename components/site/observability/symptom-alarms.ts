/** What a client or an operator would notice: trades are not accepted, not settled, or a failover would not work. People are woken for these. */
import type { MetricName } from "../../../contract/metrics";
import { vaultName } from "../../foundation/backup-vault";
import { metricsNamespace, siteName, type SiteContext } from "../../foundation/site-context";
import { DEAD_LETTERS } from "../messaging/dead-letters";
import { availabilityAlarms } from "./availability";
import { entranceMetrics } from "./entrance-metrics";
import { ledgerAlarms } from "./ledger-alarms";
import { serverAlarms } from "./server-alarms";
import type { AlarmedSite, AlarmShape, Metric } from "./alarm-shape";

/** Run by the clock in both regions, each so many seconds: nobody else would notice that they are not. */
const BY_THE_CLOCK: Readonly<Record<string, { readonly everySeconds: number; readonly missed: number; readonly means: string }>> = {
  sentinel: { everySeconds: 60, missed: 3, means: "nobody watches the lease" },
  reconciler: { everySeconds: 60, missed: 3, means: "nobody looks for accepted trades that are not settled" },
  "parameter-sync": { everySeconds: 900, missed: 2, means: "shared parameters are not compared with the other region's" },
};

const own = ({ settings, region }: SiteContext, metric: MetricName, statistic: Metric["statistic"]): Metric => ({
  namespace: metricsNamespace(settings),
  metric,
  dimensions: { Region: region },
  statistic,
});

function acceptance({ context, servers }: AlarmedSite): AlarmShape[] {
  // With a public name Route 53's checkers ask all the time; without one an API may have nobody to answer.
  const checked = context.settings.domainName !== undefined;
  const { requests, failed, latency, millisecond } = entranceMetrics(context, servers?.balancer);
  const [one, ...more] = failed;
  const silence = checked ? "nobody asked; api-silent would tell" : "nobody asked: without a public name no checker does";
  const silent: AlarmShape = {
    name: "api-silent",
    says: "Nobody reaches the API, not even the health checks",
    on: requests,
    threshold: 1,
    below: true,
    periods: 3,
  };
  return [
    {
      name: "api-errors",
      says: "The API answers 5xx: trades are not accepted here",
      on: one !== undefined && more.length === 0 ? one : { of: "SUM", metrics: failed },
      threshold: 5,
      silence,
    },
    {
      name: "api-latency",
      says: "The API is slow",
      on: latency,
      threshold: context.settings.alarms.latencyMs * millisecond,
      periods: 3,
      silence,
    },
    ...(checked ? [silent] : []),
  ];
}

function settlement(context: SiteContext): AlarmShape[] {
  const sqs = (queue: readonly string[], metric: string): Metric => ({
    namespace: "AWS/SQS",
    metric,
    dimensions: { QueueName: siteName(context, queue, 80) },
    statistic: "Maximum",
  });
  const visible = "ApproximateNumberOfMessagesVisible";
  const idle = "SQS measures no queue that was idle for six hours; a message ends the silence";
  return [
    {
      name: "queue-age",
      says: "Trades wait too long for settlement",
      on: sqs(["trades"], "ApproximateAgeOfOldestMessage"),
      threshold: 60,
      periods: 3,
    },
    {
      name: "trades-pending",
      says: "Accepted trades are not settled",
      on: own(context, "TradesPending", "Minimum"),
      threshold: 100,
      periods: 10,
      silence: "only the active region counts them; reconciler-silent would tell",
    },
    {
      name: "trades-refused",
      says: "Trades that the ledger's database does not take: a person must look",
      on: own(context, "TradesRefused", "Sum"),
      threshold: 0,
      silence: "none was refused; queue-age would tell if none was tried",
    },
    {
      name: "trades-dead-letters",
      says: "Trades that could not be settled after all tries",
      on: sqs(["trades", "dlq"], visible),
      threshold: 0,
      silence: idle,
    },
    {
      name: "dead-letters",
      says: "Messages that nobody could take: events, notices, scheduled runs, copies of parameters or wake-ups",
      on: { of: "MAX", metrics: DEAD_LETTERS.filter((queue) => queue !== "trades").map((queue) => sqs([queue, "dlq"], visible)) },
      threshold: 0,
      silence: idle,
    },
  ];
}

function lease(context: SiteContext): AlarmShape[] {
  return [
    {
      name: "lease-not-renewed",
      says: "The active region does not renew its lease, as this one sees it",
      on: own(context, "LeaseUnrenewed", "Maximum"),
      threshold: context.settings.rto.leaseLengthSeconds * 1000,
    },
    {
      name: "lease-not-taken",
      says: "The lease has lapsed and this region does not take it: a move would mend nothing, or this region is not fit",
      on: own(context, "LeaseNotTaken", "Sum"),
      threshold: 0,
      periods: 2,
      silence: "the lease has not lapsed, or was taken; sentinel-silent would tell if nobody looked",
    },
    {
      name: "passive",
      says: "This site does not hold the lease",
      on: own(context, "LeaseHeld", "Maximum"),
      threshold: 1,
      below: true,
      quiet: true,
    },
  ];
}

function readiness({ context, moves }: AlarmedSite): AlarmShape[] {
  const endings = Object.values(moves).flatMap((arn) =>
    ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"].map((metric): Metric => ({
      namespace: "AWS/States",
      metric,
      dimensions: { StateMachineArn: arn },
      statistic: "Sum",
    })),
  );
  return [
    {
      name: "not-ready",
      says: "This site is not ready for a failover, or has not shown that it is",
      on: own(context, "FailoverReadiness", "Minimum"),
      threshold: 100,
      below: true,
      periodSeconds: 3600,
      periods: 2,
    },
    {
      name: "move-failed",
      says: "A failover or switchover ended without success: a person must look",
      on: { of: "SUM", metrics: endings },
      threshold: 0,
      silence: "none ended so; not-ready would tell if none could run",
    },
  ];
}

/** What is kept twice: backups of each day, and parameters that the lease's move has caught half copied. */
function copies(context: SiteContext): AlarmShape[] {
  const backups: Metric = {
    namespace: "AWS/Backup",
    metric: "NumberOfBackupJobsCompleted",
    dimensions: { BackupVaultName: vaultName(context) },
    statistic: "Sum",
  };
  return [
    {
      name: "no-backup",
      says: "No backup of this site was completed for a day",
      on: backups,
      threshold: 1,
      below: true,
      periodSeconds: 86_400,
    },
    {
      name: "parameter-copy-overtaken",
      says: "The lease moved while a shared parameter was copied: compare both regions' values",
      on: own(context, "ParameterCopyOvertaken", "Sum"),
      threshold: 0,
      silence: "no copy was overtaken; parameter-sync-silent would tell if none was made",
    },
  ];
}

const clocked = ({ working }: AlarmedSite): AlarmShape[] =>
  Object.entries(BY_THE_CLOCK).flatMap(([handler, { everySeconds, missed, means }]) => {
    const lambda = working[handler];
    if (lambda === undefined) return [];
    const dimensions = { FunctionName: lambda.function.name };
    return [
      {
        name: `${handler}-silent`,
        says: `Function ${handler} is not run each ${everySeconds} s: ${means}`,
        on: { namespace: "AWS/Lambda", metric: "Invocations", dimensions, statistic: "Sum" },
        threshold: 1,
        below: true,
        periodSeconds: everySeconds,
        periods: missed,
      },
    ];
  });

export const symptoms = (site: AlarmedSite): AlarmShape[] => [
  ...acceptance(site),
  ...availabilityAlarms(site),
  ...serverAlarms(site),
  ...settlement(site.context),
  ...lease(site.context),
  ...ledgerAlarms(site),
  ...readiness(site),
  ...copies(site.context),
  ...clocked(site),
];
