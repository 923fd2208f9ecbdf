import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { AuditLog } from "../ports";
import { recordOf } from "../trade/record";
import { limits } from "./clients";
import type { Environment } from "./environment";
import { sha256 } from "./hashing";

/** One NDJSON object a batch. The key is made of the batch's content, so a batch delivered again overwrites its own object. */
export function auditLog({ AUDIT_BUCKET: bucket }: Environment<"audit.write">): AuditLog {
  const client = new S3Client({ ...limits(3_000), forcePathStyle: true });
  return {
    record: async (epoch, trades, settlements) => {
      const outcome = new Map(settlements.map((settlement) => [settlement.tradeId, settlement]));
      const lines = trades.map((trade) => recordOf(trade, outcome.get(trade.tradeId), epoch));
      const day = trades[0]?.acceptedAt.slice(0, 10) ?? "none";
      const Key = `trades/${day}/epoch-${epoch}/${sha256(lines.join("\n")).slice(0, 32)}.ndjson`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `${lines.join("\n")}\n`, ContentType: "application/x-ndjson" }));
    },
  };
}
