import * as pulumi from "@pulumi/pulumi";
import { tableNames } from "../../foundation/shared-tables";
import { DEAD_LETTERS } from "../../site/messaging/dead-letters";
import type { MetricName } from "../../../contract/metrics";
import { bundlesOf, metricsNamespace, siteName, type SiteContext } from "../../foundation/site-context";
import type { Metric, WatchedServers } from "../../site/observability/alarm-shape";
import { entranceMetrics } from "../../site/observability/entrance-metrics";
import { COMPOSITES, compositeName } from "../../site/observability/composite-alarms";

/** What a widget shows: CloudWatch's own form of it. */
export interface Widget {
  readonly type: "metric" | "alarm" | "text";
  readonly properties: Readonly<Record<string, unknown>>;
}

export type ShownSite = Pick<SiteContext, "settings" | "site" | "region" | "accountId"> & {
  /** None where functions answer. */
  readonly servers?: WatchedServers;
};
type Site = ShownSite;
/** `[namespace, metric, dimension, value, …, options]` */
type Row = readonly unknown[];

const graph = (title: string, region: string, metrics: readonly Row[], more: Readonly<Record<string, unknown>> = {}): Widget => ({
  type: "metric",
  properties: { title: `${title} · ${region}`, region, metrics, view: "timeSeries", stat: "Sum", period: 60, ...more },
});

const label = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({ label: text, ...more });

/** A metric that the handlers put. */
const ownMetric = ({ settings, region }: Site, metric: MetricName, options: object): Row => [
  metricsNamespace(settings),
  metric,
  "Region",
  region,
  options,
];

const row = ({ namespace, metric, dimensions }: Metric, options: object): Row => [
  namespace,
  metric,
  ...Object.entries(dimensions).flat(),
  options,
];

function api(site: Site): Widget {
  const { requests, refused, failed, latency, millisecond } = entranceMetrics(site, site.servers?.balancer);
  const unit = millisecond === 1 ? "ms" : "s";
  const right = { yAxis: "right" };
  return graph("API", site.region, [
    row(requests, label("requests")),
    row(refused, label("4xx")),
    ...failed.map((metric, index) => row(metric, label(index === 0 ? "5xx" : "5xx of the load balancer"))),
    row(latency, label(`p50 ${unit}`, { stat: "p50", ...right })),
    row(latency, label(`p99 ${unit}`, { stat: "p99", ...right })),
  ]);
}

/** How many servers answer, and how much they have to do. */
function servers({ region, servers: watched }: Site): Widget | undefined {
  if (watched === undefined) return undefined;
  const hosts = (metric: string, text: string, stat: string): Row => [
    "AWS/ApplicationELB",
    metric,
    ...Object.entries(watched.balancer).flat(),
    label(text, { stat }),
  ];
  return graph("Servers", region, [
    hosts("HealthyHostCount", "answer", "Minimum"),
    hosts("UnHealthyHostCount", "do not answer", "Maximum"),
    row(watched.cpu, label("CPU, %", { stat: "Average", yAxis: "right" })),
  ]);
}

/** Of the trades that clients asked a region to accept, the share that was not refused by a fault of ours. */
function availability(site: Site): Widget {
  const { asked, failed } = entranceMetrics(site, site.servers?.balancer).acceptance;
  const rows = (metrics: readonly Metric[], letter: string): Row[] =>
    metrics.map((metric, index) => row(metric, { id: `${letter}${index}`, visible: false }));
  const sum = (metrics: readonly Metric[], letter: string): string => metrics.map((_, index) => `FILL(${letter}${index}, 0)`).join(" + ");
  const objective = site.settings.alarms.availabilityPercent;
  return graph(
    "Trades accepted, of those asked for: choose a month",
    site.region,
    [
      [{ expression: `100 * (1 - (${sum(failed, "f")}) / (${sum(asked, "a")}))`, label: "accepted, %", id: "accepted" }],
      ...rows(failed, "f"),
      ...rows(asked, "a"),
    ],
    {
      // One number for the whole time that is shown.
      view: "gauge",
      setPeriodToTimeRange: true,
      yAxis: { left: { min: 99, max: 100 } },
      annotations: { horizontal: [{ label: `objective ${objective} %`, value: objective, fill: "above", color: "#2ca02c" }] },
    },
  );
}

function trades(site: Site): Widget {
  const of = (metric: MetricName, text: string, stat = "Sum"): Row => ownMetric(site, metric, label(text, { stat }));
  return graph("Trades", site.region, [
    of("TradesSettled", "settled"),
    of("SettlementsFenced", "refused by the fence"),
    of("TradesRefused", "refused by the database"),
    of("TradesPending", "waiting", "Maximum"),
  ]);
}

function queues(site: Site): Widget {
  const of = (queue: readonly string[], metric: string, text: string, more = {}): Row => [
    "AWS/SQS",
    metric,
    "QueueName",
    siteName(site, queue, 80),
    label(text, { stat: "Maximum", ...more }),
  ];
  const visible = "ApproximateNumberOfMessagesVisible";
  return graph("Queues", site.region, [
    of(["trades"], visible, "trades"),
    of(["trades"], "ApproximateAgeOfOldestMessage", "oldest, s", { yAxis: "right" }),
    ...DEAD_LETTERS.map((queue) => of([queue, "dlq"], visible, `${queue}: dead letters`)),
  ]);
}

function ledger(site: Site): Widget {
  const cluster = siteName(site, ["ledger"], 63);
  const of = (metric: string, text: string, more = {}): Row => [
    "AWS/RDS",
    metric,
    "DBClusterIdentifier",
    cluster,
    label(text, { stat: "Maximum", ...more }),
  ];
  const right = { yAxis: "right" };
  return graph("Ledger", site.region, [
    of("AuroraGlobalDBReplicationLag", "replication lag, ms"),
    ["AWS/RDS", "CommitLatency", "DBClusterIdentifier", cluster, "Role", "WRITER", label("commit, ms", { stat: "Average" })],
    of("ACUUtilization", "capacity used, %", right),
    of("CPUUtilization", "CPU, %", right),
    of("DatabaseConnections", "connections", right),
  ]);
}

const functions = (metric: string, title: string, stat: string) => (site: Site) =>
  graph(
    title,
    site.region,
    bundlesOf(site.settings).map((bundle) => ["AWS/Lambda", metric, "FunctionName", siteName(site, [bundle], 64), label(bundle, { stat })]),
  );

function machines(site: Site): Widget {
  const rows = ["failover", "switchover", "readiness"].flatMap((machine) =>
    ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"].map((metric): Row => [
      "AWS/States",
      metric,
      "StateMachineArn",
      pulumi.interpolate`arn:aws:states:${site.region}:${site.accountId}:stateMachine:${siteName(site, [machine], 80)}`,
      label(`${machine}: ${metric.replace("Executions", "").toLowerCase()}`),
    ]),
  );
  return graph("State machines", site.region, rows);
}

/**
 * What a move has taken and what it would cost: from a machine's start to its settled trade (RTO of settlement), how far the ledger's copy was behind
 * (RPO of the ledger, which the journal makes good), and the hourly test's time.
 */
function measured(site: Site): Widget {
  const machine = (name: string): Row => [
    "AWS/States",
    "ExecutionTime",
    "StateMachineArn",
    pulumi.interpolate`arn:aws:states:${site.region}:${site.accountId}:stateMachine:${siteName(site, [name], 80)}`,
    label(`RTO: ${name}, ms`),
  ];
  return graph(
    "Measured RTO and RPO",
    site.region,
    [
      machine("failover"),
      machine("switchover"),
      [
        "AWS/RDS",
        "AuroraGlobalDBRPOLag",
        "DBClusterIdentifier",
        siteName(site, ["ledger"], 63),
        label("RPO: ledger's copy, ms", { yAxis: "right" }),
      ],
      ownMetric(site, "TestDuration", label("readiness test, ms")),
    ],
    { stat: "Maximum" },
  );
}

function firewall(site: Site): Widget {
  const of = (metric: string, text: string): Row => [
    "AWS/WAFV2",
    metric,
    "Region",
    site.region,
    "Rule",
    "ALL",
    "WebACL",
    siteName(site, ["api"], 128),
    label(text),
  ];
  return graph("Firewall", site.region, [
    of("AllowedRequests", "allowed"),
    of("BlockedRequests", "blocked"),
    of("CountedRequests", "counted"),
  ]);
}

function tables(site: Site): Widget {
  const names = tableNames(site.settings.environmentSuffix);
  const of = (table: keyof typeof names, metric: string, text: string): Row => [
    "AWS/DynamoDB",
    metric,
    "TableName",
    names[table],
    label(`${table}: ${text}`),
  ];
  return graph(
    "Tables",
    site.region,
    (["journal", "lease", "sessions"] as const).flatMap((table) => [
      of(table, "ConsumedReadCapacityUnits", "read units"),
      of(table, "ConsumedWriteCapacityUnits", "write units"),
    ]),
  );
}

const LEDGER = ["ledger-load", "ledger-connections", "ledger-commit-latency"];

const alarms = (site: Site): Widget => ({
  type: "alarm",
  properties: {
    title: `Alarms · ${site.region}`,
    alarms: [...COMPOSITES.map(({ name }) => name), "lease-not-renewed", "not-ready", "queue-age", "api-latency", ...LEDGER].map(
      (name) => pulumi.interpolate`arn:aws:cloudwatch:${site.region}:${site.accountId}:alarm:${compositeName(site, name)}`,
    ),
  },
});

/** What is shown of a site, from top to bottom. */
export const SITE_WIDGETS: readonly ((site: Site) => Widget | undefined)[] = [
  alarms,
  availability,
  api,
  servers,
  trades,
  queues,
  ledger,
  tables,
  functions("Errors", "Function errors", "Sum"),
  functions("Duration", "Function duration, p99 ms", "p99"),
  machines,
  measured,
  firewall,
];

/** The lease, and the readiness to take it, of both regions in one picture. */
export function leaseWidgets(sites: readonly [Site, Site]): readonly [Widget, Widget] {
  const [{ region }] = sites;
  const both = (metric: MetricName, stat: string, more = {}): Row[] =>
    sites.map((site) => ownMetric(site, metric, label(`${metric} ${site.region}`, { stat, region: site.region, ...more })));
  return [
    graph("Who holds the lease, at which epoch, and for how long it was not renewed", region, [
      ...both("LeaseHeld", "Maximum"),
      ...both("LeaseEpoch", "Maximum"),
      ...both("LeaseUnrenewed", "Maximum", { yAxis: "right" }),
    ]),
    graph("Failover readiness, 100 or 0", region, both("FailoverReadiness", "Minimum"), {
      period: 3600,
      yAxis: { left: { min: 0, max: 100 } },
    }),
  ];
}

/** Route 53's checks behind the public name: 1 is healthy. Their metrics are in us-east-1 alone. */
export const checkWidget = (checks: Readonly<Record<string, pulumi.Input<string>>>): Widget =>
  graph(
    "Health checks of the public name, 1 is healthy",
    "us-east-1",
    Object.entries(checks).map(([text, id]) => ["AWS/Route53", "HealthCheckStatus", "HealthCheckId", id, label(text, { stat: "Minimum" })]),
  );
