import { integer } from "../support/config";
import { stackPolicy } from "../support/policy";
import { CLUSTER, CLUSTER_INSTANCE, LOAD_BALANCERS, SERVICE } from "../support/types";
import { isAbsent, list, number, UNKNOWN } from "../support/values";

const SUBNETS = "aws:rds/subnetGroup:SubnetGroup";
const GROUP = "aws:autoscaling/group:Group";

/** A region is not lost because a zone of it is. */
export const zoneRedundancy = stackPolicy({
  name: "zone-redundancy",
  rule: "Databases, load balancers and servers of each region span zones and have more than one member.",
  severity: "high",
  mend: "give the subnet group, load balancer or Auto Scaling group subnets of at least the configured zones, and clusters and services at least the configured members",
  options: {
    zones: integer(2, { minimum: 1, maximum: 6 }, "Least zones that something spans."),
    members: integer(2, { minimum: 1, maximum: 15 }, "Least instances of a database cluster, tasks of a service, servers of a group."),
  },
  judge: (stack, report, { zones, members }) => {
    const spans = [
      ...stack.of(SUBNETS).map((one) => ({ one, key: "subnetIds" })),
      ...stack.of(...LOAD_BALANCERS).map((one) => ({ one, key: one.props.subnetMappings === undefined ? "subnets" : "subnetMappings" })),
      ...stack.of(GROUP).map((one) => ({ one, key: "vpcZoneIdentifiers" })),
    ];
    for (const { one, key } of spans) {
      const subnets = list(one.props[key]);
      if (one.props[key] !== UNKNOWN && new Set(subnets).size < Math.min(zones, subnets.includes(UNKNOWN) ? 1 : zones))
        report(`${key} has fewer than ${zones} subnets`, one);
    }
    for (const cluster of stack.of(CLUSTER)) {
      const count = stack.attached(cluster, CLUSTER_INSTANCE, "clusterIdentifier").length;
      if (count < members && !stack.mayBeAttached(cluster, CLUSTER_INSTANCE, "clusterIdentifier"))
        report(`it has ${count} instances, fewer than ${members}`, cluster);
    }
    for (const { one, key } of [
      ...stack.of(GROUP).map((one) => ({ one, key: "minSize" })),
      ...stack.of(SERVICE).map((one) => ({ one, key: "desiredCount" })),
    ]) {
      const count = one.props[key];
      // A service that is scaled may leave its count out.
      if (count === UNKNOWN || (isAbsent(count) && key === "desiredCount")) continue;
      if ((number(count) ?? 0) < members) report(`${key} is less than ${members}`, one);
    }
  },
});
