import { GetMetricStatisticsCommand, type CloudWatchClient } from "@aws-sdk/client-cloudwatch";

const LOOK_BACK_MS = 5 * 60_000;
/** CloudWatch dates a minute by its beginning; a clock that is behind must not cut the newest one off. */
const AHEAD_MS = 60_000;

/**
 * How far a secondary cluster is behind its writer, in milliseconds: the newest minute's maximum of `AuroraGlobalDBReplicationLag`, up to five minutes
 * old. Undefined: CloudWatch has none, which says nothing about the lag.
 */
export async function replicationLagMs(cloudwatch: CloudWatchClient, clusterIdentifier: string): Promise<number | undefined> {
  const now = Date.now();
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/RDS",
      MetricName: "AuroraGlobalDBReplicationLag",
      Dimensions: [{ Name: "DBClusterIdentifier", Value: clusterIdentifier }],
      StartTime: new Date(now - LOOK_BACK_MS),
      EndTime: new Date(now + AHEAD_MS),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  return Datapoints.toSorted((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0]?.Maximum;
}
