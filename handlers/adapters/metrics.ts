import { METRICS } from "../../contract/metrics";
import type { Metrics } from "../ports";
import type { Environment } from "./environment";

/** CloudWatch's embedded metric format: a metric is a log line, so publishing one calls nothing. */
export const metrics = (env: Environment<"metrics">): Metrics => ({
  put: (name, value) => {
    const dimensions = { Region: env.AWS_REGION };
    console.log(
      JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [
            {
              Namespace: env.METRICS_NAMESPACE,
              Dimensions: [Object.keys(dimensions)],
              Metrics: [{ Name: name, Unit: METRICS[name] }],
            },
          ],
        },
        ...dimensions,
        [name]: value,
      }),
    );
  },
});
