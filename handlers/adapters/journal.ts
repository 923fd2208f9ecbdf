import type { CapabilityName } from "../../contract/environment";
import { SHARDS } from "../../contract/tables";
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { inParallel } from "../core/in-parallel";
import { shardOf } from "../core/journal-index";
import type { JournalEntry } from "../core/model";
import { decisionOf, INSTANT, TRADE_ID } from "../core/messages";
import type { Journal } from "../ports";
import { isAwsError } from "./clients";
import type { Allowed, Environment } from "./environment";
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

/** Entries of a page, from all its shards together: one Data API call can compare so many. */
const PAGE = 4_000;

/** Where a page ended: in which shards something is left, each with its last key. */
interface Position {
  readonly keys?: Readonly<Record<string, Item>>;
}

/** DynamoDB reads so many items in one call. */
const READ_AT_ONCE = 100;
const READS_IN_PARALLEL = 8;
/** A read of many may leave some out, throttled one by one: those are asked for again. */
const READS_OF_THE_REST = 5;

interface ShardQuery {
  readonly index: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Only how many there are: pages as large as they come. */
  readonly count?: boolean;
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
  ): Promise<{ entries: JournalEntry[]; count: number; left: Record<string, Item> }> => {
    const shards = SHARDS.filter((shard) => keys === undefined || keys[shard] !== undefined);
    const answers = await Promise.all(
      shards.map(async (shard) => {
        const answer = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: query.index,
            KeyConditionExpression: query.condition,
            ExpressionAttributeValues: { ":shard": shard, ...query.values },
            ...(query.count === true ? { Select: "COUNT" as const } : { Limit: Math.floor(PAGE / shards.length) }),
            ExclusiveStartKey: keys?.[shard],
          }),
        );
        return { shard, answer };
      }),
    );
    const left = answers.flatMap(({ shard, answer }) => (answer.LastEvaluatedKey ? [[shard, answer.LastEvaluatedKey] as const] : []));
    return {
      entries: answers.flatMap(({ answer }) => (answer.Items ?? []).map(entryOf)),
      count: answers.reduce((sum, { answer }) => sum + (answer.Count ?? 0), 0),
      left: Object.fromEntries(left),
    };
  };
  const paged = async (query: ShardQuery, cursor: string | undefined): Promise<Page & { count: number }> => {
    const from: Position = cursor === undefined ? {} : decode(cursor);
    const { entries, count, left } = await pageOfShards(query, from.keys);
    return { entries, count, cursor: Object.keys(left).length === 0 ? undefined : encode({ keys: left }) };
  };
  const pending = { index: "pending", condition: "pendingShard = :shard AND acceptedAt <= :before" };

  const getSome = async (tradeIds: readonly string[], found: Map<string, JournalEntry>): Promise<void> => {
    let Keys: Item[] = tradeIds.map((tradeId) => ({ tradeId }));
    for (let read = 0; Keys.length > 0; read++) {
      if (read > READS_OF_THE_REST) throw new Error(`${Keys.length} of ${tradeIds.length} journal entries could not be read: try again`);
      const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }));
      for (const item of answer.Responses?.[table] ?? []) found.set(String(item.tradeId), entryOf(item));
      Keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
  };

  return {
    get,

    getAll: async (tradeIds) => {
      const found = new Map<string, JournalEntry>();
      const parts = Array.from({ length: Math.ceil(tradeIds.length / READ_AT_ONCE) }, (_, i) =>
        tradeIds.slice(i * READ_AT_ONCE, (i + 1) * READ_AT_ONCE),
      );
      await inParallel(READS_IN_PARALLEL, parts, (part) => getSome(part, found));
      return found;
    },

    accept: async (entry, abortSignal) => {
      try {
        await retryConflicts(() =>
          client.send(
            new PutCommand({
              TableName: table,
              Item: { ...entry, pendingShard: shardOf(entry.tradeId) },
              ConditionExpression: "attribute_not_exists(tradeId)",
            }),
            { abortSignal },
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

    decide: async (settlement) => {
      const { tradeId, outcome, reason } = settlement;
      const decided = await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { tradeId },
            UpdateExpression: `SET outcome = :outcome${reason === undefined ? "" : ", reason = :reason"}`,
            ConditionExpression: "attribute_exists(tradeId) AND attribute_not_exists(outcome)",
            ExpressionAttributeValues: { ":outcome": outcome, ...(reason === undefined ? {} : { ":reason": reason }) },
          }),
        ),
      );
      return decided ? settlement : decisionOf(await get(tradeId));
    },

    markSettled: async (tradeId, { epoch, seq }, settledAt) => {
      const marked = await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { tradeId },
            UpdateExpression:
              "SET #status = :settled, settledEpoch = :epoch, settledSeq = :seq, settledAt = :at, settledShard = :shard REMOVE pendingShard",
            ConditionExpression: "attribute_exists(tradeId) AND (attribute_not_exists(settledSeq) OR settledSeq < :seq)",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: {
              ":settled": "SETTLED",
              ":epoch": epoch,
              ":seq": seq,
              ":at": settledAt,
              ":shard": shardOf(tradeId),
            },
          }),
        ),
      );
      if (marked) return "marked";
      return (await get(tradeId))?.status === "SETTLED" ? "already" : "stale";
    },

    reopen: async (tradeId, markedSeq, floor) => {
      const reopened = await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { tradeId },
            // settledEpoch stays, it only rises, and so does the outcome, which may have been announced; the floor keeps a mark of the lost history, arriving late,
            // from being taken.
            UpdateExpression: "SET #status = :accepted, pendingShard = :shard, settledSeq = :floor REMOVE settledShard, settledAt",
            ConditionExpression: "#status = :settled AND settledSeq = :seq",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: {
              ":accepted": "ACCEPTED",
              ":settled": "SETTLED",
              ":shard": shardOf(tradeId),
              ":seq": markedSeq,
              ":floor": floor,
            },
          }),
        ),
      );
      return reopened ? "reopened" : "changed";
    },

    pending: (acceptedBefore, cursor) => paged({ ...pending, values: { ":before": acceptedBefore } }, cursor),

    pendingCount: (acceptedBefore, cursor) => paged({ ...pending, values: { ":before": acceptedBefore }, count: true }, cursor),

    apart: (cursor) =>
      Object.entries((decode(cursor) as Position).keys ?? {}).flatMap(([shard, key]) => encode({ keys: { [shard]: key } }) ?? []),

    marked: (from, to, cursor) =>
      paged(
        {
          index: "settled",
          condition: "settledShard = :shard AND settledSeq BETWEEN :from AND :to",
          values: { ":from": from, ":to": to },
        },
        cursor,
      ),
  };
}

interface Rights {
  readonly "journal.read": "get";
  readonly "journal.readMany": "getAll";
  readonly "journal.accept": "accept";
  readonly "journal.mark": "decide" | "markSettled" | "reopen";
  readonly "journal.list": "listByAccount" | "pending" | "pendingCount" | "apart" | "marked";
}

/** The journal, as far as the function may read or change it. */
export const ownJournal = <N extends CapabilityName>(
  env: Environment<N> & { readonly JOURNAL_TABLE: string },
  client: DynamoDBDocumentClient,
): Allowed<Journal, Rights, N> => journal(client, env.JOURNAL_TABLE);
