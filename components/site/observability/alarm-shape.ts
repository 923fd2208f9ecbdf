import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import type { SiteContext } from "../../foundation/site-context";

/** A metric and what is taken of it each period. */
export interface Metric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Average" | "Maximum" | "Minimum" | "p99";
}

/** Several metrics that share an alarm. */
export interface Shared {
  readonly of: "SUM" | "MAX";
  /** At most ten: CloudWatch takes no more. `per`: what the metric is divided by first. */
  readonly metrics: readonly (Metric & { readonly per?: number })[];
}

/** Percent of what was asked for that failed; 0 while fewer than `fewest` failed. */
export interface FailedShare {
  readonly failed: readonly Metric[];
  readonly asked: readonly Metric[];
  readonly fewest: number;
}

/** How many are missing of what was asked for. */
export interface Missing {
  readonly wanted: Metric;
  readonly there: Metric;
}

/** One alarm, before it has a region. */
export interface AlarmShape {
  /** Part of the alarm's name, and the anchor of its section in docs/RUNBOOK.md. */
  readonly name: string;
  readonly says: string;
  readonly on: Metric | Shared | FailedShare | Missing;
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

/** What several alarms together mean. */
export interface CompositeShape {
  readonly name: string;
  readonly says: string;
  /** Parts by the names of alarms, or of composites further up. */
  readonly rule: { readonly when: "AND" | "OR"; readonly parts: readonly string[] };
}

/** What answers and settles where functions don't. */
export interface WatchedServers {
  /** What CloudWatch knows the load balancer, and the servers behind it, by. */
  readonly balancer: { readonly LoadBalancer: pulumi.Input<string>; readonly TargetGroup: pulumi.Input<string> };
  /** Of all servers. */
  readonly cpu: Metric;
  /** Servers that the scaling has asked for, and those that run. */
  readonly count: Missing;
}

export interface AlarmedSite {
  readonly context: SiteContext;
  /** Functions that the clock, a queue or a machine calls: nobody else sees them fail. */
  readonly working: Readonly<Record<string, LambdaFunction>>;
  readonly clusterIdentifier: pulumi.Input<string>;
  /** None where functions answer. */
  readonly servers?: WatchedServers;
  /** The machines that move the activity. */
  readonly moves: Readonly<Record<string, pulumi.Input<string>>>;
}

export const runbookSection = (name: string): string => `Runbook: docs/RUNBOOK.md#${name}`;
