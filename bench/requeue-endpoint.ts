/** What the reconciler's calls are answered with when its CPU time is measured; a process of its own, so that its own time does not count. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

/** An item of the journal's index, as large as they are. */
const item = (shard: string, n: number) => ({
  tradeId: { S: `${digest("sha256", `${shard}-${n}`).slice(0, 31)}${shard}` },
  idempotencyKey: { S: `order-${n}` },
  caller: { S: "arn:aws:iam::123456789012:role/traders" },
  fingerprint: { S: digest("sha256", String(n)) },
  accountId: { S: `account-${n % 100}` },
  symbol: { S: "AMZN" },
  side: { S: "buy" },
  quantity: { N: "100" },
  price: { S: "223.82" },
  status: { S: "ACCEPTED" },
  acceptedAt: { S: "2030-01-01T00:00:00.000Z" },
  acceptedRegion: { S: "us-east-1" },
  pendingShard: { S: shard },
});

/** DynamoDB ends a page here. */
const PAGE_BYTES = 1_000_000;
const pages = new Map<string, string>();

function page(shard: string, limit: number): string {
  const known = pages.get(`${shard} ${limit}`);
  if (known !== undefined) return known;
  const size = Math.min(limit, Math.floor(PAGE_BYTES / JSON.stringify(item(shard, 0)).length));
  const Items = Array.from({ length: size }, (_, n) => item(shard, n));
  const { tradeId, pendingShard, acceptedAt } = Items[size - 1] as ReturnType<typeof item>;
  const body = JSON.stringify({ Items, Count: size, LastEvaluatedKey: { tradeId, pendingShard, acceptedAt } });
  pages.set(`${shard} ${limit}`, body);
  return body;
}

interface Asked {
  readonly Limit?: number;
  readonly ExpressionAttributeValues?: { readonly ":shard": { readonly S: string } };
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
}

function answer({ Entries, ExpressionAttributeValues, Limit = Infinity }: Asked): string {
  if (Entries === undefined) return page(ExpressionAttributeValues?.[":shard"].S ?? "0", Limit);
  const taken = Entries.map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: digest("md5", MessageBody) }));
  return JSON.stringify({ Successful: taken, Failed: [] });
}

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString()));
  request.on("end", () => response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(answer(JSON.parse(text) as Asked)));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
