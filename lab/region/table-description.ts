/** DescribeTable of a global table: AWS tells each region of the replicas in the others, an emulator of one region knows of none. */
import type { IncomingHttpHeaders } from "node:http";

const EMULATOR_MS = 5_000;

/** A JSON call of DynamoDB's to the emulator, its answer read to the end. */
export async function askEmulator(port: number, headers: IncomingHttpHeaders, body: Buffer): Promise<{ status: number; body: unknown }> {
  const kept = ["authorization", "content-type", "x-amz-target", "x-amz-date"] as const;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    headers: Object.fromEntries(kept.flatMap((name) => (typeof headers[name] === "string" ? [[name, headers[name]]] : []))),
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(EMULATOR_MS),
  });
  return { status: response.status, body: await response.json() };
}

/** Whether a table is recoverable to a point in time, as the program registered it: the lab keeps no such backups. */
export const continuousBackups = (recoverable: boolean): unknown => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recoverable ? "ENABLED" : "DISABLED" },
  },
});

/** The answer with the other region's replica in it. An error stays what it is. */
export function withReplica(answer: unknown, { strong, region }: { readonly strong: boolean; readonly region: string }): unknown {
  const { Table } = answer as { Table?: Readonly<Record<string, unknown>> };
  if (Table === undefined) return answer;
  return {
    Table: {
      ...Table,
      Replicas: [{ RegionName: region, ReplicaStatus: "ACTIVE" }],
      MultiRegionConsistency: strong ? "STRONG" : "EVENTUAL",
    },
  };
}
