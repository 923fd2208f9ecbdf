/** Measures how far this region's copy is behind, and publishes it as Aurora does: AuroraGlobalDBReplicationLag of the reading cluster, in milliseconds. */
import type { FrontConfig } from "./config";
import type { PostgresServer } from "./postgres-server";

const PERIOD_MS = 2_000;

export class LagMeter {
  private timer: NodeJS.Timeout | undefined;
  /** When the last news that arrived had been sent, by the writer's clock (the machines share one). */
  private lastSent: number | undefined;

  constructor(
    private readonly config: FrontConfig,
    private readonly server: PostgresServer,
    private readonly clusterIdentifier: () => string,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      void this.measure().catch(() => undefined);
    }, PERIOD_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async measure(): Promise<void> {
    const cluster = this.clusterIdentifier();
    if (cluster === "" || !this.server.running()) return;
    const [row] = await this.server.query<{ reader: boolean; sent: string | null; transit: string | null; behind: string | null }>(
      `select pg_is_in_recovery() as reader,
              (extract(epoch from r.last_msg_send_time) * 1000)::bigint::text as sent,
              (extract(epoch from r.last_msg_receipt_time - r.last_msg_send_time) * 1000)::bigint::text as transit,
              case when pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()
                   then (extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000)::bigint else 0 end::text as behind
         from (select 1) as one left join pg_stat_wal_receiver r on true`,
    );
    if (row?.reader !== true) {
      this.lastSent = undefined;
      return;
    }
    const sent = row.sent === null ? undefined : Number(row.sent);
    if (sent !== undefined) this.lastSent = sent;
    if (this.lastSent === undefined) return;
    // Connected: what a message takes, or what is received and not yet replayed. Not connected: as long as nothing has come.
    const lag = sent === undefined ? Date.now() - this.lastSent : Math.max(Number(row.transit ?? 0), Number(row.behind ?? 0));
    await this.publish(cluster, lag);
  }

  private async publish(cluster: string, lagMs: number): Promise<void> {
    const { region, emulatorPort } = this.config;
    const body = new URLSearchParams({
      Action: "PutMetricData",
      Version: "2010-08-01",
      Namespace: "AWS/RDS",
      "MetricData.member.1.MetricName": "AuroraGlobalDBReplicationLag",
      "MetricData.member.1.Dimensions.member.1.Name": "DBClusterIdentifier",
      "MetricData.member.1.Dimensions.member.1.Value": cluster,
      "MetricData.member.1.Unit": "Milliseconds",
      "MetricData.member.1.Value": String(lagMs),
    });
    const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const response = await fetch(`http://127.0.0.1:${emulatorPort}/`, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=test/${date}/${region}/monitoring/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body,
      signal: AbortSignal.timeout(1_500),
    });
    await response.arrayBuffer();
  }
}
