import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { SHARDS } from "../../contract/tables";
import { journal } from "../../handlers/adapters/journal";

const OF_A_SHARD = 1_300;
/** DynamoDB ends a page at 1 MB of what it has read. */
const MEGABYTE = 700;

/** The index of what is pending, with so many trades in each shard; trades are known by shard and place. */
function index(): { readonly client: never; readonly limits: (number | undefined)[] } {
  const limits: (number | undefined)[] = [];
  const send = ({ input }: { readonly input: QueryCommandInput }): Promise<unknown> => {
    limits.push(input.Limit);
    const shard = String(input.ExpressionAttributeValues?.[":shard"]);
    const from = Number(input.ExclusiveStartKey?.place ?? -1) + 1;
    const size = Math.min(input.Limit ?? Infinity, MEGABYTE, OF_A_SHARD - from);
    const places = Array.from({ length: size }, (_, i) => from + i);
    const last = places.at(-1);
    return Promise.resolve({
      Items: input.Select === "COUNT" ? undefined : places.map((place) => ({ tradeId: `${shard}-${place}` })),
      Count: size,
      LastEvaluatedKey: last === OF_A_SHARD - 1 ? undefined : { place: last },
    });
  };
  return { client: { send } as never, limits };
}

describe("the journal's backlog in parts", () => {
  it("goes apart by shards: side by side they lead through all that is left, none of it twice, and by larger pages", async () => {
    const { client, limits } = index();
    const store = journal(client, "journal");
    const first = await store.pending("now");
    expect(first.entries).to.have.length(4_000);
    const found = first.entries.map(({ tradeId }) => tradeId);
    const parts = store.apart(first.cursor ?? "");
    expect(parts).to.have.length(SHARDS.length);
    for (const part of parts) {
      let cursor: string | undefined = part;
      while (cursor !== undefined) {
        const page = await store.pending("now", cursor);
        expect(new Set(page.entries.map(({ tradeId }) => tradeId[0])).size, "shards of a part").to.equal(1);
        found.push(...page.entries.map(({ tradeId }) => tradeId));
        ({ cursor } = page);
      }
    }
    expect(found).to.have.length(SHARDS.length * OF_A_SHARD);
    expect(new Set(found).size).to.equal(found.length);
    expect(Math.max(...limits.map(Number))).to.equal(4_000);
  });

  it("is counted without being read, from where a page ended", async () => {
    const { client } = index();
    const store = journal(client, "journal");
    const { cursor } = await store.pending("now");
    let pending = 0;
    for (let at = cursor; at !== undefined;) {
      const page = await store.pendingCount("now", at);
      pending += page.count;
      at = page.cursor;
    }
    expect(pending).to.equal(SHARDS.length * OF_A_SHARD - 4_000);
  });
});
