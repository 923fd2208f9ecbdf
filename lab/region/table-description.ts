/** DescribeTable of a global table: AWS tells each region of the replicas in the others, an emulator of one region knows of none. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";

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

/** Deletion protection of this region's tables: what was set here last, else as the table was made. Kept on the region's disk. */
export class DeletionProtection {
  private readonly file: string;
  private readonly set: Record<string, boolean>;

  constructor(directory: string) {
    this.file = join(directory, "deletion-protection.json");
    this.set = existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Record<string, boolean>) : {};
  }

  /** DescribeTable's answer with the protection in it. `made`: whether the table was made with it here. An error stays what it is. */
  told(answer: unknown, made: boolean): unknown {
    const { Table } = answer as { Table?: Readonly<Record<string, unknown>> };
    if (Table === undefined) return answer;
    return { Table: { ...Table, DeletionProtectionEnabled: this.set[String(Table.TableName)] ?? made } };
  }

  /** The answer of an UpdateTable that changes this and nothing else; undefined: it is another change. */
  updated({ TableName, DeletionProtectionEnabled: on, ...others }: Readonly<Record<string, unknown>>): unknown {
    if (typeof TableName !== "string" || typeof on !== "boolean" || Object.keys(others).length > 0) return undefined;
    this.set[TableName] = on;
    writeFileSync(this.file, JSON.stringify(this.set));
    return { TableDescription: { TableName, TableStatus: "ACTIVE", DeletionProtectionEnabled: on } };
  }
}

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
