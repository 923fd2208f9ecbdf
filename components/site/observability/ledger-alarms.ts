/** How the region's copy of the ledger does: behind the other one, or short of what a settlement needs. */
import { SERVERLESS } from "../../settings/keys/ledger";
import type { AlarmedSite, AlarmShape, Metric } from "./alarm-shape";

export function ledgerAlarms({ context: { settings }, clusterIdentifier }: AlarmedSite): AlarmShape[] {
  const { alarms, database } = settings;
  const of = (metric: string, statistic: Metric["statistic"], more: Metric["dimensions"] = {}): Metric => ({
    namespace: "AWS/RDS",
    metric,
    dimensions: { DBClusterIdentifier: clusterIdentifier, ...more },
    statistic,
  });
  const serverless = database.instanceClass === SERVERLESS;
  return [
    {
      name: "replication-lag",
      says: "No copy of the other region's ledger, or one that falls behind; on the writer this is always so",
      on: of("AuroraGlobalDBReplicationLag", "Maximum"),
      threshold: alarms.replicationLagMs,
      periods: 3,
      quiet: true,
    },
    {
      name: "ledger-load",
      says: serverless ? "The ledger has scaled to the most that it may" : "The ledger's instances are busy",
      on: of(serverless ? "ACUUtilization" : "CPUUtilization", "Maximum"),
      threshold: alarms.databaseLoadPercent,
      periods: 5,
    },
    {
      name: "ledger-connections",
      says: "An instance of the ledger has more connections than it should",
      on: of("DatabaseConnections", "Maximum"),
      threshold: alarms.databaseConnections,
      periods: 3,
    },
    {
      name: "ledger-commit-latency",
      says: "Commits of the ledger are slow",
      on: of("CommitLatency", "Average", { Role: "WRITER" }),
      threshold: alarms.commitLatencyMs,
      periods: 3,
      silence: "the passive region has no writer, and an idle one commits nothing; ledger-load would tell if it were not measured",
    },
  ];
}
