import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";

import dynalite from "dynalite";
import { chainStore } from "../../handlers/adapters/chain-store";
import { journal } from "../../handlers/adapters/journal";
import { leaseStore } from "../../handlers/adapters/lease-store";
import { shardOf } from "../../handlers/core/journal-index";
import type { Head, JournalEntry, Mark } from "../../handlers/core/model";
import type { ChainStore, Journal, LeaseStore } from "../../handlers/ports";
import { id, trade } from "../support/trades";

const FIRST = Date.parse("2030-01-01T00:00:00.000Z");
const iso = (n: number): string => new Date(FIRST + n * 1_000).toISOString();

const entry = (n: number, fields: Partial<JournalEntry> = {}): JournalEntry => ({
  ...trade(n),
  fingerprint: `print-${n}`,
  status: "ACCEPTED",
  acceptedAt: iso(n),
  ...fields,
});

/** Of each epoch, the tenth link. */
const mark = (epoch: number): Mark => ({ epoch, seq: epoch * 10 });

const string = (name: string) => ({ AttributeName: name, AttributeType: "S" as const });
const index = (name: string, partition: string, sort: string) => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: partition, KeyType: "HASH" as const },
    { AttributeName: sort, KeyType: "RANGE" as const },
  ],
  Projection: { ProjectionType: "ALL" as const },
});

describe("the tables, with DynamoDB's own rules", function () {
  this.timeout(30_000);
  const server = dynalite({ createTableMs: 0 });
  let raw: DynamoDBClient;
  let client: DynamoDBDocumentClient;
  let tables = 0;
  /** What happens to the next write: MRSC's conflict before it, or a lost answer after it. */
  let trouble: ("none" | "conflict" | "lost")[] = [];

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    raw = new DynamoDBClient({
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    client = DynamoDBDocumentClient.from(raw, { marshallOptions: { removeUndefinedValues: true } });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const fault = /Put|Update/.test(context.commandName ?? "") ? trouble.shift() : undefined;
        if (fault === "conflict") throw Object.assign(new Error("conflict"), { name: "ReplicatedWriteConflictException" });
        const answer = await next(args);
        if (fault === "lost") throw Object.assign(new Error("no answer"), { name: "TimeoutError", $retryable: {} });
        return answer;
      },
      { step: "finalizeRequest", priority: "low" },
    );
  });
  after(() => {
    raw.destroy();
    server.close();
  });
  beforeEach(() => {
    trouble = [];
  });

  async function table(
    key: string,
    attributes: string[] = [],
    indexes: ReturnType<typeof index>[] = [],
    numbers: string[] = [],
  ): Promise<string> {
    const TableName = `table-${(tables += 1)}`;
    await raw.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          ...[key, ...attributes].map(string),
          ...numbers.map((name) => ({ ...string(name), AttributeType: "N" as const })),
        ],
        KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
        GlobalSecondaryIndexes: indexes.length > 0 ? indexes : undefined,
      }),
    );
    await sleep(20);
    return TableName;
  }

  describe("the journal", () => {
    let store: Journal;
    let name: string;
    beforeEach(async () => {
      name = await table(
        "tradeId",
        ["pendingShard", "settledShard", "accountId", "acceptedAt"],
        [
          index("pending", "pendingShard", "acceptedAt"),
          index("settled", "settledShard", "settledSeq"),
          index("byAccount", "accountId", "acceptedAt"),
        ],
        ["settledSeq"],
      );
      store = journal(client, name);
    });
    async function pagesOf(read: (cursor?: string) => Promise<{ entries: JournalEntry[]; cursor?: string }>): Promise<string[]> {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await read(cursor);
        found.push(...page.entries.map((each) => each.tradeId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return found.sort();
    }

    it("accepts once; the second finds the first, and the indexes' attributes stay inside", async () => {
      expect(await store.accept(entry(1))).to.deep.equal({ kind: "accepted" });
      expect(await store.accept(entry(1, { fingerprint: "other" }))).to.deep.equal({ kind: "exists", entry: entry(1) });
      expect(await store.get(id(1))).to.deep.equal(entry(1));
      expect(await store.get(id(2))).to.equal(undefined);
    });

    it("writes through a conflict with the other region", async () => {
      trouble = ["conflict", "conflict"];
      expect((await store.accept(entry(1))).kind).to.equal("accepted");
      trouble = ["conflict"];
      expect(await store.markSettled(id(1), mark(1), iso(9))).to.equal("marked");
    });

    it("gives up on a conflict that does not end", async () => {
      trouble = Array.from({ length: 20 }, () => "conflict" as const);
      const error = await store.accept(entry(1)).catch((reason: unknown) => reason as Error);
      expect((error as Error).name).to.equal("ReplicatedWriteConflictException");
    });

    it("finds its own put after its answer was lost", async () => {
      trouble = ["lost"];
      expect(await store.accept(entry(1)), "the SDK's second try").to.deep.equal({ kind: "exists", entry: entry(1) });
      trouble = ["none", "lost"];
      await store.accept(entry(2));
      expect(await store.markSettled(id(2), mark(1), iso(9))).to.equal("already");
    });

    it("believes a mark only of a later link", async () => {
      await store.accept(entry(1));
      expect(await store.markSettled(id(1), mark(2), iso(9))).to.equal("marked");
      expect(await store.markSettled(id(1), mark(2), iso(10))).to.equal("already");
      expect(await store.markSettled(id(1), mark(1), iso(11))).to.equal("already");
      expect(await store.markSettled(id(1), mark(3), iso(12))).to.equal("marked");
      expect(await store.get(id(1))).to.deep.equal(entry(1, { status: "SETTLED", settledEpoch: 3, settledSeq: 30, settledAt: iso(12) }));
      expect(await store.markSettled(id(7), mark(1), iso(9)), "no such trade").to.equal("stale");
      expect(await store.get(id(7))).to.equal(undefined);
    });

    it("decides once what becomes of a trade, also where it is lost and reopened", async () => {
      await store.accept(entry(1));
      const failed = { tradeId: id(1), outcome: "FAILED", reason: "restricted" } as const;
      trouble = ["lost"];
      expect(await store.decide(failed), "the SDK's second try").to.deep.equal(failed);
      await store.markSettled(id(1), mark(1), iso(9));
      await store.reopen(id(1), 10, 25);
      expect(await store.decide({ tradeId: id(1), outcome: "EXECUTED" })).to.deep.equal(failed);
      expect(await store.get(id(1))).to.include({ status: "ACCEPTED", outcome: "FAILED", reason: "restricted" });
      expect(await store.decide({ tradeId: id(7), outcome: "EXECUTED" }), "no such trade").to.equal(undefined);
    });

    it("reopens only the mark that was looked at, and then believes none up to the floor", async () => {
      await store.accept(entry(1));
      await store.markSettled(id(1), mark(1), iso(9));
      expect(await store.reopen(id(1), 20, 25)).to.equal("changed");
      expect(await store.reopen(id(1), 10, 25)).to.equal("reopened");
      expect(await store.reopen(id(1), 10, 25)).to.equal("changed");
      expect(await pagesOf((cursor) => store.pending(iso(60), cursor))).to.deep.equal([id(1)]);
      expect(await store.markSettled(id(1), mark(2), iso(10))).to.equal("stale");
      expect(await store.markSettled(id(1), mark(3), iso(11))).to.equal("marked");
      expect(await pagesOf((cursor) => store.pending(iso(60), cursor))).to.deep.equal([]);
    });

    it("pages through all that is pending, however unevenly the shards are filled", async () => {
      // 600 in one shard are more than a page takes from it.
      const numbers = [...Array.from({ length: 600 }, (_, n) => n * 16), 1, 2, 3];
      await Promise.all(numbers.map((n) => store.accept(entry(n, { acceptedAt: iso(n % 100) }))));
      expect(await pagesOf((cursor) => store.pending(iso(100), cursor))).to.deep.equal(numbers.map(id).sort());
      const old = await pagesOf((cursor) => store.pending(iso(1), cursor));
      expect(old).to.deep.equal(
        numbers
          .filter((n) => n % 100 <= 1)
          .map(id)
          .sort(),
      );
    });

    it("finds the marks between two numbers, by every page", async () => {
      // So many in one shard that they are two pages.
      const numbers = [...Array.from({ length: 520 }, (_, n) => n * 16), 1, 2];
      const items = numbers.map((n) => ({
        ...entry(n, { status: "SETTLED", outcome: "EXECUTED", settledEpoch: 1, settledSeq: n }),
        settledShard: shardOf(id(n)),
      }));
      for (let i = 0; i < items.length; i += 25) {
        const RequestItems = { [name]: items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } })) };
        await client.send(new BatchWriteCommand({ RequestItems }));
      }
      const inside = (from: number, to: number) =>
        numbers
          .filter((n) => n >= from && n <= to)
          .map(id)
          .sort();
      for (const [from, to] of [
        [0, 10_000],
        [2, 16],
        [17, 31],
        [9, 999],
      ] as const)
        expect(await pagesOf((cursor) => store.marked(from, to, cursor))).to.deep.equal(inside(from, to));
      await store.reopen(id(16), 16, 20);
      expect(await pagesOf((cursor) => store.marked(16, 20, cursor)), "what is open is not marked").to.deep.equal([]);
    });

    it("reads many at once, those that it has", async () => {
      const numbers = Array.from({ length: 130 }, (_, n) => n);
      await Promise.all(numbers.map((n) => store.accept(entry(n))));
      const found = await store.getAll([...numbers, 500].map(id));
      expect([...found.keys()].sort()).to.deep.equal(numbers.map(id).sort());
      expect(found.get(id(7))).to.deep.equal(entry(7));
    });

    it("lists an account newest first, by pages, and knows a cursor that is none of its own", async () => {
      for (const n of [1, 2, 3]) await store.accept(entry(n));
      const first = await store.listByAccount("acc", 2);
      if (first === "badCursor") throw new Error("there was no cursor");
      expect(first.entries.map((each) => each.tradeId)).to.deep.equal([id(3), id(2)]);
      const second = await store.listByAccount("acc", 2, first.cursor);
      expect(second !== "badCursor" && second.entries.map((each) => each.tradeId)).to.deep.equal([id(1)]);
      expect(await store.listByAccount("other", 2, first.cursor)).to.equal("badCursor");
      for (const cursor of [
        "x",
        "bnVsbA",
        Buffer.from('{"accountId":"acc","acceptedAt":"","tradeId":""}').toString("base64url"),
        Buffer.from('{"accountId":"acc"}').toString("base64url"),
      ]) {
        expect(await store.listByAccount("acc", 2, cursor), cursor).to.equal("badCursor");
      }
    });
  });

  describe("the head of the ledger's history", () => {
    const first: Head = { seq: 1, id: "a", epoch: 1, base: 1 };
    let store: ChainStore;
    beforeEach(async () => {
      store = chainStore(client, await table("leaseId"));
    });

    it("is created once, and moved only from where it was seen", async () => {
      expect(await store.read()).to.equal(undefined);
      expect(await store.advance(first, { seq: 2, id: "b" })).to.equal(false);
      expect(await store.create(first)).to.equal(true);
      expect(await store.create({ ...first, epoch: 9 })).to.equal(false);
      expect(await store.advance(first, { seq: 2, id: "b" })).to.equal(true);
      expect(await store.advance(first, { seq: 3, id: "c" })).to.equal(false);
      expect(await store.replace({ ...first, seq: 2, id: "b", epoch: 2 }, first)).to.equal(false);
      expect(await store.read()).to.deep.equal({ seq: 2, id: "b", epoch: 1, base: 1 });
    });

    it("keeps a doubt while it moves on, until it is resolved at the same base", async () => {
      await store.create(first);
      const doubt = { from: 1, to: 4, foundAt: iso(1) };
      const anew: Head = { seq: 5, id: "e", epoch: 2, base: 5, doubt };
      expect(await store.replace(first, anew)).to.equal(true);
      expect(await store.advance(anew, { seq: 6, id: "f" })).to.equal(true);
      expect(await store.doubt(4, undefined)).to.equal(false);
      const passed = { ...doubt, pass: { began: iso(2), cursor: "here" } };
      expect(await store.doubt(5, passed)).to.equal(true);
      expect((await store.read())?.doubt).to.deep.equal(passed);
      expect(await store.doubt(5, undefined)).to.equal(true);
      expect(await store.read()).to.deep.equal({ seq: 6, id: "f", epoch: 2, base: 5 });
    });
  });

  describe("the lease", () => {
    let store: LeaseStore;
    beforeEach(async () => {
      store = leaseStore(client, await table("leaseId"));
    });

    it("is created once", async () => {
      expect(await store.read()).to.equal(undefined);
      expect(await store.create("east")).to.deep.equal({ holder: "east", epoch: 1, renewals: 0 });
      expect(await store.create("west")).to.deep.equal({ holder: "east", epoch: 1, renewals: 0 });
    });

    it("is renewed and used by its holder at its epoch only, and taken by one", async () => {
      await store.create("east");
      expect(await store.renew("east", 1)).to.deep.equal({ holder: "east", epoch: 1, renewals: 1 });
      expect(await store.renew("west", 1)).to.equal(undefined);
      const taken = await Promise.all([store.take("west", 1), store.take("west", 1), store.take("east", 1)]);
      expect(taken.filter((lease) => lease?.epoch === 2)).to.have.length(1);
      const holder = taken.find((lease) => lease !== undefined)?.holder ?? "";
      expect(await store.renew("east", 1)).to.equal(undefined);
      expect(await store.recordPromotion("east", 1)).to.equal(false);
      expect(await store.recordPromotion(holder, 2)).to.equal(true);
    });

    it("can't be taken or renewed before it exists", async () => {
      expect(await store.take("east", 0)).to.equal(undefined);
      expect(await store.renew("east", 1)).to.equal(undefined);
      expect(await store.recordPromotion("east", 1)).to.equal(false);
    });
  });
});
