import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
  DescribeDBClustersCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from "@aws-sdk/client-rds";
import type { GlobalDatabase } from "../ports";
import { isAwsError, limits } from "./clients";
import { replicationLagMs } from "./replication-lag";

export interface GlobalDatabaseNames {
  readonly globalClusterId: string;
  /** This site's own cluster. */
  readonly clusterIdentifier: string;
  readonly clusterArn: string;
}

/** The global cluster is busy with another move: not an error but an answer, "ask again". */
const BUSY = ["InvalidGlobalClusterStateFault", "InvalidDBClusterStateFault", "InvalidDBClusterStateFaultException"];

const busyIsFine = async (call: Promise<unknown>): Promise<void> => {
  await call.catch((error: unknown) => {
    if (!isAwsError(error, ...BUSY)) throw error;
  });
};

/** Aurora Global Database by this region's RDS endpoint. Only `switchoverToHere` calls another region, and only on the graceful path. */
export function globalDatabase({ globalClusterId, clusterIdentifier, clusterArn }: GlobalDatabaseNames): GlobalDatabase {
  const rds = new RDSClient(limits(5_000, 2));
  const cloudwatch = new CloudWatchClient(limits(3_000, 2));
  const toHere = { GlobalClusterIdentifier: globalClusterId, TargetDbClusterIdentifier: clusterArn };

  return {
    status: async () => {
      const [globals, clusters] = await Promise.all([
        rds.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalClusterId })),
        rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: clusterIdentifier })),
      ]);
      const global = globals.GlobalClusters?.[0];
      const cluster = clusters.DBClusters?.[0];
      if (!global || !cluster) throw new Error(`global cluster ${globalClusterId} or cluster ${clusterIdentifier} is not there`);
      const members = (global.GlobalClusterMembers ?? []).map((member) => ({
        clusterArn: member.DBClusterArn ?? "",
        role: member.IsWriter ? ("writer" as const) : ("reader" as const),
        synchronized: member.IsWriter === true || member.SynchronizationStatus === "connected",
      }));
      const own = members.find((member) => member.clusterArn === clusterArn);
      const target = global.FailoverState?.ToDbClusterArn;
      return {
        globalStatus: global.Status ?? "unknown",
        members,
        own: { role: own?.role ?? "reader", status: cluster.Status ?? "unknown", leaving: target !== undefined && target !== clusterArn },
      };
    },

    failoverToHere: () => busyIsFine(rds.send(new FailoverGlobalClusterCommand({ ...toHere, AllowDataLoss: true }))),

    switchoverToHere: (writerRegion) =>
      busyIsFine(new RDSClient({ region: writerRegion, ...limits(5_000, 2) }).send(new SwitchoverGlobalClusterCommand(toHere))),

    lagMs: () => replicationLagMs(cloudwatch, clusterIdentifier),
  };
}

export const regionOfArn = (arn: string): string => arn.split(":")[3] ?? "";
