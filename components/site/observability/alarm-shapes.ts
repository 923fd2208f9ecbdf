import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import { vaultName } from "../../foundation/backup-vault";
import { DEAD_LETTERS } from "../messaging/dead-letters";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { metricsNamespace, OWN_METRICS } from "./own-metrics";

/** One alarm, before it has a region. */
export interface AlarmShape {
  /** Part of the alarm's name. */
  readonly name: string;
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum" | "Minimum" | "p99";
  readonly threshold: number;
  /** Alarms below the threshold instead of above it. */
  readonly below?: boolean;
  /** Seconds; default 60. */
  readonly periodSeconds?: number;
  /** Periods in a row; default 1. */
  readonly periods?: number;
  /** Why no data is no bad news, and who would notice if it were. Without a reason no data is bad news. */
  readonly silence?: string;
  /** Means nothing by itself: it is a part of a composite alarm, which tells people. */
  readonly quiet?: boolean;
}

export interface AlarmedSite {
  readonly context: SiteContext;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly clusterIdentifier: pulumi.Input<string>;
  readonly stateMachineArns: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Called many times a second under load: a single failure of these is retried by its caller. */
const BUSY = new Set(["trade-intake", "trade-query", "health", "control", "trade-processor"]);
/** Fails as long as its work is not done, which its caller shows to who started it; the machines that it starts have alarms of their own. */
const ANSWERS_BY_FAILING = new Set(["region-switch"]);
/** Run by the clock in both regions, each so many seconds: nobody else would notice that they are not. */
const BY_THE_CLOCK: Readonly<Record<string, { readonly everySeconds: number; readonly missed: number }>> = {
  sentinel: { everySeconds: 60, missed: 3 },
  reconciler: { everySeconds: 60, missed: 3 },
  "parameter-sync": { everySeconds: 900, missed: 2 },
};
/** Share of its time limit that a run may take. The sentinel's runs are nearly as long as their limit, by design. */
const DURATION_SHARE: Readonly<Record<string, number>> = { sentinel: 0.98 };

function ofFunction(handler: string, { function: fn, timeoutSeconds }: LambdaFunction): AlarmShape[] {
  const watchedBy = BY_THE_CLOCK[handler] ? `${handler}-silent would tell` : "whoever calls it notices";
  const lambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: fn.name }, silence: `it was not called; ${watchedBy}` };
  const errors: AlarmShape = {
    ...lambda,
    name: `${handler}-errors`,
    says: `Function ${handler} fails`,
    metric: "Errors",
    statistic: "Sum",
    ...(BUSY.has(handler) ? { threshold: 5, periods: 3 } : { threshold: 1, periodSeconds: 300 }),
  };
  return [
    ...(ANSWERS_BY_FAILING.has(handler) ? [] : [errors]),
    {
      ...lambda,
      name: `${handler}-throttles`,
      says: `Function ${handler} is throttled`,
      metric: "Throttles",
      statistic: "Sum",
      threshold: 0,
      periods: 3,
    },
    {
      ...lambda,
      name: `${handler}-duration`,
      says: `Function ${handler} comes near its time limit of ${timeoutSeconds} s`,
      metric: "Duration",
      statistic: "Maximum",
      threshold: Math.round(timeoutSeconds * 1000 * (DURATION_SHARE[handler] ?? 0.9)),
      periods: 3,
    },
  ];
}

const silentFunction = (handler: string, { function: fn }: LambdaFunction, everySeconds: number, missed: number): AlarmShape => ({
  name: `${handler}-silent`,
  says: `Function ${handler} is not run: it should be each ${everySeconds} s`,
  namespace: "AWS/Lambda",
  metric: "Invocations",
  dimensions: { FunctionName: fn.name },
  statistic: "Sum",
  threshold: 1,
  below: true,
  periodSeconds: everySeconds,
  periods: missed,
});

const ofMachine = (machine: string, arn: pulumi.Input<string>): AlarmShape[] =>
  (
    [
      ["failed", "ExecutionsFailed"],
      ["timed-out", "ExecutionsTimedOut"],
    ] as const
  ).map(([ending, metric]) => ({
    name: `${machine}-${ending}`,
    says: `State machine ${machine} ${ending.replace("-", " ")}: a person must look`,
    namespace: "AWS/States",
    metric,
    dimensions: { StateMachineArn: arn },
    statistic: "Sum",
    threshold: 0,
    silence: "none ended so; not-ready would tell if none ran",
  }));

function ofQueues(context: SiteContext): AlarmShape[] {
  const sqs = { namespace: "AWS/SQS", statistic: "Maximum" as const };
  const trades = { QueueName: siteName(context, ["trades"], 80) };
  const deadLetters = DEAD_LETTERS.map((queue): AlarmShape => ({
    ...sqs,
    name: `${queue}-dead-letters`,
    says: `Messages of ${queue} that nobody could take`,
    metric: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: siteName(context, [queue, "dlq"], 80) },
    threshold: 0,
    silence: "SQS measures no queue that was idle for six hours; a message ends the silence",
  }));
  return [
    {
      ...sqs,
      name: "queue-age",
      says: "Trades wait too long for settlement",
      metric: "ApproximateAgeOfOldestMessage",
      dimensions: trades,
      threshold: 60,
      periods: 3,
    },
    {
      ...sqs,
      name: "queue-depth",
      says: "Trades come faster than they are settled",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: trades,
      threshold: 10_000,
      periods: 5,
    },
    ...deadLetters,
  ];
}

function ofApi(context: SiteContext): AlarmShape[] {
  // With a public name Route 53's checkers ask all the time; without one an API may have nobody to answer.
  const checked = context.settings.domainName !== undefined;
  const api = { namespace: "AWS/ApiGateway", dimensions: { ApiName: siteName(context, ["trades"], 255) } };
  const silence = checked ? "nobody asked; api-silent would tell" : "nobody asked: without a public name no checker does";
  const silent: AlarmShape = {
    ...api,
    name: "api-silent",
    says: "Nobody reaches the API, not even the health checks",
    metric: "Count",
    statistic: "Sum",
    threshold: 1,
    below: true,
    periods: 3,
  };
  return [
    { ...api, name: "api-errors", says: "The API answers 5xx", metric: "5XXError", statistic: "Sum", threshold: 5, silence },
    { ...api, name: "api-latency", says: "The API is slow", metric: "Latency", statistic: "p99", threshold: 2_000, periods: 3, silence },
    ...(checked ? [silent] : []),
  ];
}

function ofTheMove({ context, clusterIdentifier }: AlarmedSite): AlarmShape[] {
  const { settings, region } = context;
  const own = { namespace: metricsNamespace(settings), dimensions: { Region: region } };
  return [
    {
      ...own,
      name: "lease-not-renewed",
      says: "The active region does not renew its lease, as this one sees it",
      metric: OWN_METRICS.leaseUnrenewed,
      statistic: "Maximum",
      threshold: settings.rto.leaseLengthSeconds * 1000,
    },
    {
      ...own,
      name: "passive",
      says: "This site does not hold the lease",
      metric: OWN_METRICS.leaseHeld,
      statistic: "Maximum",
      threshold: 1,
      below: true,
      quiet: true,
    },
    {
      name: "replication-lag",
      says: "No copy of the other region's ledger, or one that falls behind; on the writer this is always so",
      namespace: "AWS/RDS",
      metric: "AuroraGlobalDBReplicationLag",
      dimensions: { DBClusterIdentifier: clusterIdentifier },
      statistic: "Maximum",
      threshold: settings.rto.maxSwitchoverLagSeconds * 1000,
      periods: 3,
      quiet: true,
    },
    {
      ...own,
      name: "not-ready",
      says: "This site is not ready for a failover, or has not shown that it is",
      metric: OWN_METRICS.readiness,
      statistic: "Minimum",
      threshold: 100,
      below: true,
      periodSeconds: 3600,
      periods: 2,
    },
    {
      ...own,
      name: "trades-refused",
      says: "Trades that the ledger's database does not take: a person must look",
      metric: OWN_METRICS.refused,
      statistic: "Sum",
      threshold: 0,
      silence: "none was refused; queue-age would tell if none was tried",
    },
    {
      ...own,
      name: "trades-pending",
      says: "Accepted trades are not settled",
      metric: OWN_METRICS.pending,
      statistic: "Minimum",
      threshold: 100,
      periods: 10,
      silence: "only the active region counts them; reconciler-silent would tell",
    },
  ];
}

/** What is kept twice: backups of each day, and parameters that the lease's move has caught half copied. */
const ofCopies = (context: SiteContext): AlarmShape[] => [
  {
    name: "no-backup",
    says: "No backup of this site was completed for a day",
    namespace: "AWS/Backup",
    metric: "NumberOfBackupJobsCompleted",
    dimensions: { BackupVaultName: vaultName(context) },
    statistic: "Sum",
    threshold: 1,
    below: true,
    periodSeconds: 86_400,
  },
  {
    name: "parameter-copy-overtaken",
    says: "The lease moved while a shared parameter was copied: compare both regions' values",
    namespace: metricsNamespace(context.settings),
    metric: OWN_METRICS.parameterCopyOvertaken,
    dimensions: { Region: context.region },
    statistic: "Sum",
    threshold: 0,
    silence: "no copy was overtaken; parameter-sync-silent would tell if none was made",
  },
];

/** The alarms of a site. */
export function siteAlarmShapes(site: AlarmedSite): AlarmShape[] {
  const { context, functions, stateMachineArns } = site;
  const clocked = Object.entries(BY_THE_CLOCK).flatMap(([handler, { everySeconds, missed }]) => {
    const lambda = functions[handler];
    return lambda ? [silentFunction(handler, lambda, everySeconds, missed)] : [];
  });
  return [
    ...Object.entries(functions).flatMap(([handler, lambda]) => ofFunction(handler, lambda)),
    ...clocked,
    ...Object.entries(stateMachineArns).flatMap(([machine, arn]) => ofMachine(machine, arn)),
    ...ofQueues(context),
    ...ofApi(context),
    ...ofTheMove(site),
    ...ofCopies(context),
  ];
}
