import type * as aws from "@pulumi/aws";
import type { AlarmShape, FailedShare, Metric, Missing, Shared } from "./alarm-shape";

const MOST_METRICS = 10;

type Watched = Pick<
  aws.cloudwatch.MetricAlarmArgs,
  "namespace" | "metricName" | "dimensions" | "statistic" | "extendedStatistic" | "period" | "metricQueries"
>;

/**
 * What an alarm looks at, as CloudWatch takes it.
 * @throws when metrics that share an alarm are more than CloudWatch takes
 */
export function watchedMetrics({ name, on, periodSeconds: period = 60 }: AlarmShape): Watched {
  if ("metrics" in on) return { metricQueries: queries(name, on, period) };
  if ("wanted" in on) return { metricQueries: difference(name, on, period) };
  if ("failed" in on) return { metricQueries: share(name, on, period) };
  const { namespace, metric: metricName, dimensions, statistic } = on;
  return { namespace, metricName, dimensions, period, ...(statistic === "p99" ? { extendedStatistic: statistic } : { statistic }) };
}

/** A metric without data in a period counts as 0, so that it does not take the others with it. */
function queries(name: string, { of, metrics }: Shared, period: number): NonNullable<Watched["metricQueries"]> {
  if (metrics.length > MOST_METRICS) throw new Error(`alarm ${name}: ${metrics.length} metrics, CloudWatch takes ${MOST_METRICS}`);
  const retrieved = metrics.map((one, index) => ({ id: `m${index}`, metric: stat(one, period), returnData: false }));
  const divided = metrics.flatMap(({ per }, index) =>
    per === undefined ? [] : [{ id: `e${index}`, expression: `FILL(m${index}, 0) / ${per}`, returnData: false }],
  );
  const all = divided.length === 0 ? "FILL(METRICS(), 0)" : `[${divided.map(({ id }) => id).join(", ")}]`;
  return [...retrieved, ...divided, { id: "watched", expression: `${of}(${all})`, label: name, returnData: true }];
}

function share(name: string, { failed, asked, fewest }: FailedShare, period: number): NonNullable<Watched["metricQueries"]> {
  const retrieved = (metrics: readonly Metric[], letter: string) =>
    metrics.map((one, index) => ({ id: `${letter}${index}`, metric: stat(one, period), returnData: false }));
  const sum = (metrics: readonly Metric[], letter: string): string => metrics.map((_, index) => `FILL(${letter}${index}, 0)`).join(" + ");
  return [
    ...retrieved(failed, "f"),
    ...retrieved(asked, "a"),
    { id: "failed", expression: sum(failed, "f"), returnData: false },
    { id: "asked", expression: sum(asked, "a"), returnData: false },
    { id: "watched", expression: `IF(failed < ${fewest}, 0, 100 * failed / asked)`, label: name, returnData: true },
  ];
}

/** Where either is not measured there is no difference, which is no data. */
const difference = (name: string, { wanted, there }: Missing, period: number): NonNullable<Watched["metricQueries"]> => [
  { id: "wanted", metric: stat(wanted, period), returnData: false },
  { id: "there", metric: stat(there, period), returnData: false },
  { id: "watched", expression: "wanted - there", label: name, returnData: true },
];

const stat = ({ namespace, metric: metricName, dimensions, statistic }: Metric, period: number) => ({
  namespace,
  metricName,
  dimensions,
  period,
  stat: statistic,
});
