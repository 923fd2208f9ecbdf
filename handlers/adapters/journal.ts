import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { SHARDS, shardOf } from "../core/journal-index";
import type { JournalEntry } from "../core/model";
import type { Journal } from "../ports";
import { isAwsError } from "./clients";
import { retryConflicts, unlessConditionFails } from "./table";

type Item = Record<string, unknown>;
type Page = { entries: JournalEntry[]; cursor?: string };

/** An item without the attributes that serve the indexes only. */
function entryOf(item: Item): JournalEntry {
  const { pendingShard: _pending, settledShard: _settled, ...entry } = item;
  return entry as unknown as JournalEntry;
}

/** A cursor is the index position, opaque to callers. */
const encode = (key: Item | undefined): string | undefined => key && Buffer.from(JSON.stringify(key)).toString("base64url");
const decode = (cursor: string): Item => JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as Item;

/**
 * The journal in its MRSC table. A put is acknowledged when two regions have it.
 * A put whose answer was lost is sent again by the SDK and then finds its own item: `exists` with the same fingerprint.
 */
export function journal(client: DynamoDBDocumentClient, table: string): Journal {
  const get = async (tradeId: string) => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { tradeId }, ConsistentRead: true }));
    return Item && entryOf(Item);
  };

  return {
    get,

    accept: async (entry) => {
      try {
        await retryConflicts(() =>
          client.send(
            new PutCommand({
              TableName: table,
              Item: { ...entry, pendingShard: shardOf(entry.tradeId) },
              ConditionExpression: "attribute_not_exists(tradeId)",
            }),
          ),
        );
        return { kind: "accepted" };
      } catch (error) {
        if (!isAwsError(error, "ConditionalCheckFailedException")) throw error;
        const existing = await get(entry.tradeId);
        if (!existing) throw new Error(`journal entry ${entry.tradeId} was there for the write and not for the read: try again`, { cause: error });
        return { kind: "exists", entry: existing };
      }
    },

    listByAccount: async (accountId, limit, cursor): Promise<Page> => {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "byAccount",
          KeyConditionExpression: "accountId = :account",
          ExpressionAttributeValues: { ":account": accountId },
          ScanIndexForward: false,
          Limit: limit,
          ExclusiveStartKey: cursor === undefined ? undefined : decode(cursor),
        }),
      );
      return { entries: (answer.Items ?? []).map(entryOf), cursor: encode(answer.LastEvaluatedKey) };
    },

    markSettled: async (settlement, epoch, settledAt) => {
      const { tradeId, outcome, reason } = settlement;
      const marked = await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { tradeId },
            UpdateExpression: `SET #status = :settled, outcome = :outcome, settledEpoch = :epoch, settledAt = :at, settledShard = :shard${
              reason === undefined ? "" : ", reason = :reason"
            } REMOVE pendingShard${reason === undefined ? ", reason" : ""}`,
            ConditionExpression: "attribute_exists(tradeId) AND (attribute_not_exists(settledEpoch) OR settledEpoch < :epoch)",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: {
              ":settled": "SETTLED",
              ":outcome": outcome,
              ":epoch": epoch,
              ":at": settledAt,
              ":shard": shardOf(tradeId),
              ...(reason === undefined ? {} : { ":reason": reason }),
            },
          }),
        ),
      );
      if (marked) return "marked";
      const entry = await get(tradeId);
      return entry?.status === "SETTLED" && entry.settledEpoch === epoch ? "already" : "stale";
    },

    reopen: async (tradeId, markedEpoch) => {
      const reopened = await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { tradeId },
            // settledEpoch stays: it is what keeps a mark of that same epoch, arriving late, from being taken for a new one.
            UpdateExpression: "SET #status = :accepted, pendingShard = :shard REMOVE settledShard, settledAt, outcome, reason",
            ConditionExpression: "#status = :settled AND settledEpoch = :epoch",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: { ":accepted": "ACCEPTED", ":settled": "SETTLED", ":shard": shardOf(tradeId), ":epoch": markedEpoch },
          }),
        ),
      );
      return reopened ? "reopened" : "changed";
    },

    pending: async (acceptedBefore, limit) => {
      const shards = await Promise.all(
        SHARDS.map((shard) =>
          client.send(
            new QueryCommand({
              TableName: table,
              IndexName: "pending",
              KeyConditionExpression: "pendingShard = :shard AND acceptedAt <= :before",
              ExpressionAttributeValues: { ":shard": shard, ":before": acceptedBefore },
              Limit: limit,
            }),
          ),
        ),
      );
      return shards
        .flatMap((answer) => (answer.Items ?? []).map(entryOf))
        .sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt))
        .slice(0, limit);
    },

    settledByEarlierEpochs: async (settledAfter, belowEpoch, cursor): Promise<Page> => {
      const from = cursor === undefined ? { shard: 0, key: undefined } : (decode(cursor) as { shard: number; key?: Item });
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "settled",
          KeyConditionExpression: "settledShard = :shard AND settledAt >= :after",
          FilterExpression: "settledEpoch < :epoch",
          ExpressionAttributeValues: { ":shard": SHARDS[from.shard], ":after": settledAfter, ":epoch": belowEpoch },
          ExclusiveStartKey: from.key,
        }),
      );
      const key = answer.LastEvaluatedKey;
      const next = key ? { shard: from.shard, key } : from.shard + 1 < SHARDS.length ? { shard: from.shard + 1 } : undefined;
      return { entries: (answer.Items ?? []).map(entryOf), cursor: encode(next) };
    },
  };
}
