import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { AuditLog, AuditRecord } from "../ports";
import { recordOf } from "../trade/record";
import { limits } from "./clients";
import type { Environment } from "./environment";
import { sha256 } from "./hashing";

type Put = (folder: string, lines: readonly string[]) => Promise<void>;

/** Puts lines into an object of which they make the name: the same lines have one object. */
function ndjson(bucket: string): Put {
  const client = new S3Client({ ...limits(3_000), forcePathStyle: true });
  return async (folder, lines) => {
    const Key = `${folder}/${sha256(lines.join("\n")).slice(0, 32)}.ndjson`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `${lines.join("\n")}\n`, ContentType: "application/x-ndjson" }));
  };
}

/** One NDJSON object a batch. The key is made of the batch's content, so a batch delivered again overwrites its own object. */
export function auditLog({ AUDIT_BUCKET: bucket }: Environment<"audit.write">): AuditLog {
  const put = ndjson(bucket);
  return {
    record: async (epoch, trades, settlements) => {
      const outcome = new Map(settlements.map((settlement) => [settlement.tradeId, settlement]));
      const lines = trades.map((trade) => recordOf(trade, outcome.get(trade.tradeId), epoch));
      const day = trades[0]?.acceptedAt.slice(0, 10) ?? "none";
      await put(`trades/${day}/epoch-${epoch}`, lines);
    },
  };
}

/** What was accepted, refused and moved, a folder each. */
export function auditRecord({ AUDIT_BUCKET: bucket }: Environment<"audit.keep">): AuditRecord {
  const put = ndjson(bucket);
  return { keep: (folder, day, lines) => put(`${folder}/${day}`, lines) };
}
