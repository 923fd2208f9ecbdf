import type { Member } from "./resource";
import { at, list, type Value } from "./values";

/** The names of the metrics that an alarm watches, directly or in an expression. */
export function metricsOf({ props }: Pick<Member, "props">): readonly Value[] {
  const queried = list(props.metricQueries).flatMap((query) => list(at(query, "metric")).map((metric) => at(metric, "metricName")));
  return queried.length > 0 ? queried : [props.metricName];
}
