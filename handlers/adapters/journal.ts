import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { earlierEpochs, POPULATED_EPOCHS, settledShard, SHARDS, shardOf } from "../core/journal-index";
import type { JournalEntry } from "../core/model";
import { INSTANT, TRADE_ID } from "../core/messages";
import type { Journal } from "../ports";
import { isAwsError } from "./clients";
import { retryConflicts, unlessConditionFails } from "./table";

type Item = Record<string, unknown>;
type Page = { entries: JournalEntry[]; cursor?: string };

/** An item without the attributes that serve the indexes only. */
function entryOf(item: Item): JournalEntry {
  const entry = { ...item };
  delete entry.pendingShard;
  delete entry.settledShard;
  return entry as unknown as JournalEntry;
}

/** A cursor is the index position, opaque to callers. */
const encode = (key: Item | undefined): string | undefined => key && Buffer.from(JSON.stringify(key)).toString("base64url");
const decode = (cursor: string): Item => JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as Item;

/** The index position that a client's cursor names; undefined when it is none, or one of another account. */
function startAfter(cursor: string, accountId: string): Item | undefined {
  try {
    const { acceptedAt, tradeId, ...rest } = decode(cursor);
    const isLike = (pattern: RegExp, value: unknown): boolean => typeof value === "string" && pattern.test(value);
    const wellFormed = isLike(INSTANT, acceptedAt) && isLike(TRADE_ID, tradeId) && rest.accountId === accountId;
    return wellFormed ? { accountId, acceptedAt, tradeId } : undefined;
  } catch {
    return undefined;
  }
}

/** Where a window of `lastMs` before the newest mark begins, `atLatest` at the latest (all ISO). */
function windowBefore(newest: string, lastMs: number, atLatest: string): string {
  const begins = new Date(Date.parse(newest) - lastMs).toISOString();
  return begins < atLatest ? begins : atLatest;
}

/** Entries a page takes from each shard; eight shards make a page that one Data API call can compare. */
const SHARD_PAGE = 250;

/** Where a page ended: in which shards something is left, each with its last key. */
interface Position {
  readonly keys?: Readonly<Record<string, Item>>;
}

interface TailPosition extends Position {
  readonly epoch?: number;
  /** Where this epoch's window begins (ISO), once its newest mark is known. */
  readonly after?: string;
  /** Epochs with marks so far, this one included. */
  readonly populated?: number;
}

/** Before every time that the journal may hold. */
const EVER = "0";

interface ShardQuery {
  readonly index: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly partition: (shard: string) => string;
  readonly newestFirst?: boolean;
}

/**
 * The journal in its MRSC table. A put is acknowledged when two regions have it.
 * A put whose answer was lost is sent again by the SDK and then finds its own item: `exists` with the same fingerprint.
 */
export function journal(client: DynamoDBDocumentClient, table: string): Journal {
  const get = async (tradeId: string) => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { tradeId }, ConsistentRead: true }));
    return Item && entryOf(Item);
  };

  /** One page from all shards that have something left, at once; `left`: the last key of each shard that has more. */
  const pageOfShards = async (
    query: ShardQuery,
    keys: Position["keys"],
  ): Promise<{ entries: JournalEntry[]; left: Record<string, Item> }> => {
    const answers = await Promise.all(
      SHARDS.filter((shard) => keys === undefined || keys[shard] !== undefined).map(async (shard) => {
        const answer = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: query.index,
            KeyConditionExpression: query.condition,
            ExpressionAttributeValues: { ":partition": query.partition(shard), ...query.values },
            Limit: SHARD_PAGE,
            ScanIndexForward: query.newestFirst !== true,
            ExclusiveStartKey: keys?.[shard],
          }),
        );
        return { shard, answer };
      }),
    );
    const left = answers.flatMap(({ shard, answer }) => (answer.LastEvaluatedKey ? [[shard, answer.LastEvaluatedKey] as const] : []));
    return { entries: answers.flatMap(({ answer }) => (answer.Items ?? []).map(entryOf)), left: Object.fromEntries(left) };
  };
  const isEmpty = (left: Record<string, Item>): boolean => Object.keys(left).length === 0;

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
        if (!existing)
          throw new Error(`journal entry ${entry.tradeId} was there for the write and not for the read: try again`, { cause: error });
        return { kind: "exists", entry: existing };
      }
    },

    listByAccount: async (accountId, limit, cursor) => {
      const start = cursor === undefined ? undefined : startAfter(cursor, accountId);
      if (cursor !== undefined && start === undefined) return "badCursor";
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "byAccount",
          KeyConditionExpression: "accountId = :account",
          ExpressionAttributeValues: { ":account": accountId },
          ScanIndexForward: false,
          Limit: limit,
          ExclusiveStartKey: start,
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
              ":shard": settledShard(epoch, shardOf(tradeId)),
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
            ExpressionAttributeValues: {
              ":accepted": "ACCEPTED",
              ":settled": "SETTLED",
              ":shard": shardOf(tradeId),
              ":epoch": markedEpoch,
            },
          }),
        ),
      );
      return reopened ? "reopened" : "changed";
    },

    pending: async (acceptedBefore, cursor): Promise<Page> => {
      const from: Position = cursor === undefined ? {} : decode(cursor);
      const { entries, left } = await pageOfShards(
        {
          index: "pending",
          condition: "pendingShard = :partition AND acceptedAt <= :before",
          values: { ":before": acceptedBefore },
          partition: (shard) => shard,
        },
        from.keys,
      );
      return { entries, cursor: isEmpty(left) ? undefined : encode({ keys: left }) };
    },

    settledByEarlierEpochs: async (settledAfter, belowEpoch, cursor, lastMs): Promise<Page> => {
      const isFar = (populated: number): boolean => lastMs !== undefined && populated < POPULATED_EPOCHS;
      const startAt = (below: number, populated: number): TailPosition => ({
        epoch: earlierEpochs(belowEpoch, isFar(populated)).find((each) => each < below),
        after: isFar(populated) ? undefined : settledAfter,
        populated,
      });
      const from = cursor === undefined ? startAt(belowEpoch, 0) : (decode(cursor) as TailPosition);
      const { epoch, populated = 0 } = from;
      if (epoch === undefined) return { entries: [] };
      const page = await pageOfShards(
        {
          index: "settled",
          condition: "settledShard = :partition AND settledAt >= :after",
          values: { ":after": from.after ?? EVER },
          partition: (shard) => settledShard(epoch, shard),
          newestFirst: true,
        },
        from.keys,
      );
      const newest = page.entries
        .map(({ settledAt }) => settledAt ?? EVER)
        .sort()
        .at(-1);
      const after = from.after ?? (newest && windowBefore(newest, lastMs ?? 0, settledAfter));
      const isInside = (settledAt: unknown): boolean => after === undefined || String(settledAt) >= after;
      const entries = page.entries.filter(({ settledAt }) => isInside(settledAt));
      const keys = Object.fromEntries(Object.entries(page.left).filter(([, key]) => isInside(key.settledAt)));
      const counted = from.after === undefined && after !== undefined ? populated + 1 : populated;
      if (!isEmpty(keys)) return { entries, cursor: encode({ epoch, keys, after, populated: counted }) };
      const next = startAt(epoch, counted);
      return { entries, cursor: next.epoch === undefined ? undefined : encode({ ...next }) };
    },
  };
}
