import type { Metrics } from "../ports";

const NAMESPACE = process.env.METRICS_NAMESPACE ?? "TradeFailover";

/** CloudWatch's embedded metric format: a metric is a log line, so publishing one calls nothing. */
export const metrics: Metrics = {
  put: (name, value, unit, dimensions = {}) => {
    const all = { Region: process.env.AWS_REGION ?? "unknown", ...dimensions };
    console.log(
      JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [Object.keys(all)], Metrics: [{ Name: name, Unit: unit }] }],
        },
        ...all,
        [name]: value,
      }),
    );
  },
};
