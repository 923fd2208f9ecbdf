import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { CLUSTER, CLUSTER_INSTANCE, GLOBAL_CLUSTER } from "../support/types";
import { isAbsent, isFalse, isText, passes } from "../support/values";

/**
 * After a failover the members have changed places. A program that then says who replicates from whom makes the provider promote a replica
 * (PromoteReadReplicaDBCluster) or take a member out (RemoveFromGlobalCluster): the next update would undo the failover.
 */
export const noPromotion = resourcePolicy({
  name: "no-promotion",
  rule: "No update promotes, detaches or upgrades a member of a global database: its roles belong to the runtime.",
  severity: "critical",
  mend: "set ignoreChanges: [replicationSourceIdentifier, globalClusterIdentifier, engineVersion] on every member and engineVersion on the global cluster, make the global cluster from an engine and not from a source cluster, and leave replicationSourceIdentifier out",
  types: [GLOBAL_CLUSTER, CLUSTER, CLUSTER_INSTANCE],
  options: {
    ignored: texts(
      ["replicationSourceIdentifier", "globalClusterIdentifier", "engineVersion"],
      "Properties of a member that the program must not change once it is made.",
    ),
  },
  judge: ({ type, props, opts }, report, { ignored }) => {
    const all = opts.ignoreChanges.includes("*");
    if (type === GLOBAL_CLUSTER) {
      if (!isAbsent(props.sourceDbClusterIdentifier))
        report("it is made from a source cluster, which then can't leave it (sourceDbClusterIdentifier)");
      if (!all && !opts.ignoreChanges.includes("engineVersion")) report("ignoreChanges lacks engineVersion");
      return;
    }
    if (type === CLUSTER_INSTANCE) {
      if (!passes(props.autoMinorVersionUpgrade, isFalse))
        report("autoMinorVersionUpgrade is not false: the members' versions would drift apart");
      return;
    }
    // A cluster that stands alone has no role to lose.
    if (isAbsent(props.globalClusterIdentifier) && isAbsent(props.replicationSourceIdentifier)) {
      report("it is no member of a global cluster (globalClusterIdentifier)");
      return;
    }
    if (!passes(props.globalClusterIdentifier, isText)) report("globalClusterIdentifier is not a name");
    const missing = all ? [] : ignored.filter((key) => !opts.ignoreChanges.includes(key));
    if (missing.length > 0) report(`ignoreChanges lacks ${missing.join(", ")}`);
    if (
      passes(props.applyImmediately, (value) => value === true) &&
      !isAbsent(props.applyImmediately) &&
      typeof props.applyImmediately !== "symbol"
    ) {
      report("applyImmediately restarts the writer at any time of the day");
    }
  },
});
