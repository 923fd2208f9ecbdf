import { stackPolicy } from "../support/policy";
import { CLUSTER } from "../support/types";
import { at, isAbsent, isText, list, passes, UNKNOWN, type Value } from "../support/values";

const GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

/** The parameter that forces TLS, by engine family. */
function forcing(family: Value): { readonly name: string; readonly on: readonly string[] } | undefined {
  if (!isText(family)) return undefined;
  if (family.includes("postgresql")) return { name: "rds.force_ssl", on: ["1"] };
  return family.includes("mysql") ? { name: "require_secure_transport", on: ["ON", "1"] } : undefined;
}

/** The database refuses connections without TLS. */
export const databaseTransport = stackPolicy({
  name: "database-transport",
  rule: "Database clusters force TLS by a parameter group of their own.",
  severity: "high",
  mend: "give the cluster a ClusterParameterGroup with rds.force_ssl = 1 (PostgreSQL) or require_secure_transport = ON (MySQL)",
  options: {},
  judge: (stack, report) => {
    for (const cluster of stack.of(CLUSTER)) {
      const named = cluster.props.dbClusterParameterGroupName;
      const group = stack.referent(cluster, "dbClusterParameterGroupName", GROUP);
      if (isAbsent(named) || (isText(named) && /^default\./.test(named))) report("it has no parameter group of its own", cluster);
      else if (!passes(named, isText)) report("dbClusterParameterGroupName is not a name", cluster);
      if (group === undefined) continue;
      const rule = forcing(group.props.family);
      if (group.props.family === UNKNOWN) continue;
      if (rule === undefined) {
        report("family is none that is known to force TLS", group);
        continue;
      }
      const parameters = list(group.props.parameters);
      const forced = parameters.some(
        (one) =>
          passes(at(one, "name"), (name) => name === rule.name) &&
          passes(at(one, "value"), (value) => rule.on.includes(isText(value) ? value : JSON.stringify(value))),
      );
      if (!forced) report(`${rule.name} is not ${rule.on[0]}`, group);
    }
  },
});
