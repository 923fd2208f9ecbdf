/** What is measured of a region's answers to its clients, whichever gives them: API Gateway, or a load balancer. */
import type { MetricName } from "../../../contract/metrics";
import { API_STAGE } from "../../../contract/routes";
import { metricsNamespace, siteName, type SiteContext } from "../../foundation/site-context";
import type { Metric, WatchedServers } from "./alarm-shape";

type BalancerDimensions = WatchedServers["balancer"];

export interface EntranceMetrics {
  readonly requests: Metric;
  /** Refused for what the request is. */
  readonly refused: Metric;
  /** Refused by a fault of ours. */
  readonly failed: readonly Metric[];
  readonly latency: Metric;
  /** What a millisecond is in `latency`. */
  readonly millisecond: number;
  /** What clients asked the region to accept, and what of it failed by a fault of ours. */
  readonly acceptance: { readonly asked: readonly Metric[]; readonly failed: readonly Metric[] };
}

type Site = Pick<SiteContext, "site" | "region" | "settings">;

function ofGateway(site: Site): EntranceMetrics {
  const dimensions = { ApiName: siteName(site, ["trades"], 255) };
  const metric = (name: string, statistic: Metric["statistic"] = "Sum", of: Metric["dimensions"] = dimensions): Metric => ({
    namespace: "AWS/ApiGateway",
    metric: name,
    dimensions: of,
    statistic,
  });
  const trades = { ...dimensions, Resource: "/trades", Method: "POST", Stage: API_STAGE };
  return {
    requests: metric("Count"),
    refused: metric("4XXError"),
    failed: [metric("5XXError")],
    latency: metric("Latency", "p99"),
    millisecond: 1,
    acceptance: { asked: [metric("Count", "Sum", trades)], failed: [metric("5XXError", "Sum", trades)] },
  };
}

/**
 * A load balancer does not tell routes apart: of trades the servers themselves tell. What it answers in their place, because none is there or one died
 * over its answer, is counted as trades asked and failed: then nothing gets through, whatever was asked.
 */
function ofBalancer(site: Site, { LoadBalancer }: BalancerDimensions): EntranceMetrics {
  const metric = (name: string, statistic: Metric["statistic"] = "Sum"): Metric => ({
    namespace: "AWS/ApplicationELB",
    metric: name,
    dimensions: { LoadBalancer },
    statistic,
  });
  const unanswered = metric("HTTPCode_ELB_5XX_Count");
  const own = (name: MetricName): Metric => ({
    namespace: metricsNamespace(site.settings),
    metric: name,
    dimensions: { Region: site.region },
    statistic: "Sum",
  });
  return {
    requests: metric("RequestCount"),
    refused: metric("HTTPCode_Target_4XX_Count"),
    failed: [metric("HTTPCode_Target_5XX_Count"), unanswered],
    latency: metric("TargetResponseTime", "p99"),
    millisecond: 0.001,
    acceptance: { asked: [own("TradesAsked"), unanswered], failed: [own("TradesFailed"), unanswered] },
  };
}

/** @param balancer of a site with servers */
export const entranceMetrics = (site: Site, balancer: BalancerDimensions | undefined): EntranceMetrics =>
  balancer === undefined ? ofGateway(site) : ofBalancer(site, balancer);
