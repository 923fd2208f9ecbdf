/** Measures how far this region's copy is behind, and publishes it as Aurora does: AuroraGlobalDBReplicationLag of the reading cluster, in milliseconds. */
import type { FrontConfig } from "../config";
import { LAG_PERIOD_MS, type LedgerServer } from "./server";

export class LagMeter {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Pick<FrontConfig, "region" | "emulatorPort">,
    private readonly server: Pick<LedgerServer, "running" | "measureLag">,
    private readonly clusterIdentifier: () => string,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      void this.measure().catch(() => undefined);
    }, LAG_PERIOD_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async measure(): Promise<void> {
    const cluster = this.clusterIdentifier();
    if (cluster === "" || !this.server.running()) return;
    const lag = await this.server.measureLag();
    if (lag !== undefined) await this.publish(cluster, lag);
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
