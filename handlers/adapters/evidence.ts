import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Evidence } from "../ports";
import { limits } from "./clients";
import type { Environment } from "./environment";

/** Objects below `readiness/` of the audit bucket, which nobody can change and which has a copy in the other region. */
export function evidenceStore({ AUDIT_BUCKET: bucket }: Environment<"evidence.write">): Evidence {
  const client = new S3Client({ ...limits(3_000), forcePathStyle: true });
  return {
    keep: async (key, type, body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: `readiness/${key}`, Body: body, ContentType: type }));
    },
  };
}
