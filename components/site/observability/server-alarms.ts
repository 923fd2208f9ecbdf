/** Servers that do not answer, that are too few, or that have no more to give. */
import type { AlarmedSite, AlarmShape, Metric } from "./alarm-shape";

/** Percent. Scaling keeps it well below; above it answers come late before more servers stand. */
const BUSY = 85;

/** Longer than a server takes to come up, and than one of a rolling update takes another's place. */
const MISSING_MINUTES = 15;

export function serverAlarms({ context, servers }: AlarmedSite): AlarmShape[] {
  if (servers === undefined) return [];
  const { minCount, maxCount } = context.settings.servers;
  const hosts = (metric: string, statistic: Metric["statistic"]): Metric => ({
    namespace: "AWS/ApplicationELB",
    metric,
    dimensions: { ...servers.balancer },
    statistic,
  });
  const atLimit: AlarmShape = {
    name: "servers-at-limit",
    says: "As many servers run as there may be: no more come when there is more to do",
    on: hosts("HealthyHostCount", "Maximum"),
    threshold: maxCount - 1,
    periods: 5,
  };
  return [
    {
      name: "servers-too-few",
      says: "Fewer servers answer than always have to stand here: the other region's traffic would not find room",
      on: hosts("HealthyHostCount", "Minimum"),
      threshold: minCount,
      below: true,
      periods: 3,
    },
    {
      name: "servers-unhealthy",
      says: "A server is registered and does not answer, and nothing has replaced it",
      on: hosts("UnHealthyHostCount", "Maximum"),
      threshold: 0,
      periods: 5,
    },
    {
      name: "servers-missing",
      says: "Servers that were asked for do not come, or do not stay",
      on: servers.count,
      threshold: 0,
      periods: MISSING_MINUTES,
    },
    {
      name: "servers-busy",
      says: "The servers are near the end of their CPU",
      on: servers.cpu,
      threshold: BUSY,
      periods: 5,
    },
    // Where the number is fixed, it is always at its limit.
    ...(maxCount > minCount ? [atLimit] : []),
  ];
}
