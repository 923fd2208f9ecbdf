import { expect } from "chai";
import fc from "fast-check";
import { acceptTrade } from "../../handlers/core/intake";
import { canonicalPrice } from "../../handlers/trade/order";
import type { Caller } from "../../handlers/core/caller";
import type { Answer } from "../../handlers/core/problem";
import type { Journal, TradeEvents, TradeQueue } from "../../handlers/ports";
import { VirtualClock } from "../support/memory/clock";
import { MemoryEffects, MemoryQueues, silentLog } from "../support/memory/effects";
import { Gate } from "../support/memory/faults";
import { MemoryJournal } from "../support/memory/journal";
import { ACCOUNT_PROBLEM } from "../../contract/problems";
import { sha256 } from "../../handlers/adapters/hashing";

const ORDER = { accountId: "acc-1", symbol: "AMZN", side: "buy", quantity: 100, price: 223.82 };

const DESK: Caller = { id: "desk", accounts: ["acc-*"] };

interface Parts {
  readonly journal?: Journal;
  readonly queue?: Pick<TradeQueue, "send">;
  readonly events?: Partial<Pick<TradeEvents, "placed" | "refused">>;
  readonly key?: string | null;
  readonly contentType?: string;
  readonly body?: string;
  readonly region?: string;
  readonly caller?: Caller;
}

function setUp() {
  const clock = new VirtualClock();
  const store = new MemoryJournal();
  const queues = new MemoryQueues();
  const effects = new MemoryEffects();
  const send = (
    order: unknown,
    {
      journal = store,
      queue = queues.port("east"),
      events,
      key = "key-1",
      contentType = "application/json",
      body,
      region = "east",
      caller = DESK,
    }: Parts = {},
  ) =>
    clock.finish(
      acceptTrade(
        { caller, contentType, idempotencyKey: key ?? undefined, body: body ?? JSON.stringify(order) },
        { journal, queue, events: { ...effects.events, ...events }, clock, log: silentLog, sha256, region, sessions: undefined },
      ),
    );
  return { clock, store, queues, effects, send };
}

const fieldsOf = (answer: Answer): string[] =>
  (JSON.parse(answer.body) as { errors: { field: string }[] }).errors.map((error) => error.field);

describe("POST /trades", () => {
  it("answers 202 once the journal has the trade, and hints the queue", async () => {
    const { store, queues, send } = setUp();
    const answer = await send(ORDER);
    expect(answer.status).to.equal(202);
    expect(JSON.parse(answer.body)).to.deep.equal({
      tradeId: sha256("trade:desk\nkey-1").slice(0, 32),
      status: "ACCEPTED",
      acceptedAt: "2030-01-01T00:00:00.000Z",
      acceptedRegion: "east",
    });
    expect([...store.entries.values()][0]).to.include({
      ...ORDER,
      price: "223.82",
      status: "ACCEPTED",
      idempotencyKey: "key-1",
      caller: "desk",
    });
    expect(queues.of("east")).to.have.length(1);
  });

  it("tells that the order was placed, again with each repetition, and not of one that is refused or settled", async () => {
    const { store, effects, send } = setUp();
    await send(ORDER);
    await send(ORDER);
    const [entry] = [...store.entries.values()];
    expect(effects.placed).to.deep.equal([entry?.tradeId, entry?.tradeId]);
    await send({ ...ORDER, quantity: 101 });
    await send({ ...ORDER, accountId: "other-1" }, { key: "key-2" });
    if (entry) store.entries.set(entry.tradeId, { ...entry, status: "SETTLED" });
    await send(ORDER);
    expect(effects.placed).to.have.length(2);
  });

  it("answers 202 although the bus refuses or freezes: the event is a hint", async () => {
    const { queues, send } = setUp();
    expect((await send(ORDER, { events: { placed: async () => Promise.reject(new Error("bus")) } })).status).to.equal(202);
    expect((await send(ORDER, { key: "key-2", events: { placed: () => new Promise<never>(() => undefined) } })).status).to.equal(202);
    expect(queues.of("east")).to.have.length(2);
  });

  it("tells what it has refused for good: whose it was, for which account, and why", async () => {
    const { effects, send } = setUp();
    await send(ORDER);
    expect(effects.refused).to.deep.equal([]);
    await send({ ...ORDER, accountId: "other-1" }, { key: "key-2" });
    await send({ ...ORDER, quantity: 101 });
    await send({ ...ORDER, quantity: 0 }, { key: "k".repeat(1_000) });
    await send(ORDER, { body: "[1", key: null });
    await send(ORDER, { contentType: "text/plain" });
    expect(effects.refused.map(({ status, accountId }) => [status, accountId])).to.deep.equal([
      [403, "other-1"],
      [409, "acc-1"],
      [400, "acc-1"],
      [400, undefined],
      [415, "acc-1"],
    ]);
    expect(effects.refused[1]).to.deep.equal({
      caller: "desk",
      idempotencyKey: "key-1",
      accountId: "acc-1",
      status: 409,
      reason: "Idempotency-Key was used for a trade with another body",
      refusedAt: "2030-01-01T00:00:00.000Z",
      refusedRegion: "east",
    });
    expect(effects.refused[2]?.idempotencyKey).to.have.length(256);
  });

  it("has refused nothing where the journal gives no answer, and answers a refusal although the bus freezes", async () => {
    const { effects, send } = setUp();
    const journal = { accept: async () => Promise.reject(new Error("no quorum")) } as unknown as Journal;
    expect((await send(ORDER, { journal })).status).to.equal(503);
    expect(effects.refused).to.deep.equal([]);
    expect((await send({}, { events: { refused: () => new Promise<never>(() => undefined) } })).status).to.equal(400);
  });

  it("answers a repetition from the store, in the other region too, and whatever the shape of the same order", async () => {
    const { clock, store, send } = setUp();
    const first = await send(ORDER);
    clock.advance(5_000);
    const again = await send({ price: "223.8200", quantity: 100, side: "buy", symbol: "AMZN", accountId: "acc-1" }, { region: "west" });
    expect(again).to.deep.equal(first);
    expect(store.entries.size).to.equal(1);
  });

  it("refuses an account that is not the caller's, by the contract's type, and writes nothing", async () => {
    const { store, queues, send } = setUp();
    const answer = await send({ ...ORDER, accountId: "other-1" });
    expect(answer.status).to.equal(403);
    expect(JSON.parse(answer.body)).to.include({ type: ACCOUNT_PROBLEM, status: 403 });
    expect(fieldsOf(answer)).to.deep.equal(["accountId"]);
    expect(store.entries.size + queues.of("east").length).to.equal(0);
  });

  it("keeps the canaries' accounts from whoever may have all others", async () => {
    const all = { id: "all", accounts: ["*"] };
    const platform = { id: "platform", accounts: ["synthetic-*"] };
    const canary = { ...ORDER, accountId: "synthetic-east" };
    const statuses = [await setUp().send(canary, { caller: all }), await setUp().send(canary, { caller: platform })];
    expect([...statuses, await setUp().send(ORDER, { caller: platform })].map(({ status }) => status)).to.deep.equal([403, 202, 403]);
  });

  it("takes one key of two callers for two trades: nobody can spoil another's", async () => {
    const { store, send } = setUp();
    const first = await send(ORDER);
    const other = await send({ ...ORDER, accountId: "acc-2" }, { caller: { id: "thief", accounts: ["acc-2"] } });
    expect([first.status, other.status]).to.deep.equal([202, 202]);
    expect([...store.entries.values()].map(({ caller }) => caller)).to.deep.equal(["desk", "thief"]);
  });

  it("answers a flood of unknown fields with a few lines", async () => {
    const { send } = setUp();
    const fields = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`f${n}${"x".repeat(5)}`, 1]));
    const answer = await send({ ...ORDER, ...fields, ["y".repeat(3_000)]: 1 });
    expect(answer.status).to.equal(400);
    expect(answer.body.length).to.be.below(2_500);
    expect(fieldsOf(answer)).to.include.members(["f0xxxxx", "body"]);
    expect(answer.body).to.contain("893 more unknown fields");
  });

  it("does not say that a trade whose put it gave up on was not made durable", async () => {
    const { store, send } = setUp();
    const slow: Journal = Object.assign(Object.create(store) as Journal, { accept: () => new Promise<never>(() => undefined) });
    const answer = await send(ORDER, { journal: slow });
    expect(answer.status).to.equal(503);
    expect(answer.body).to.contain("it is not known whether");
  });

  it("refuses the same key with another body", async () => {
    const { store, queues, send } = setUp();
    await send(ORDER);
    const answer = await send({ ...ORDER, quantity: 101 });
    expect(answer.status).to.equal(409);
    expect(answer.headers["content-type"]).to.equal("application/problem+json");
    expect(fieldsOf(answer)).to.deep.equal(["Idempotency-Key"]);
    expect([...store.entries.values()][0]?.quantity).to.equal(100);
    expect(queues.of("east")).to.have.length(1);
  });

  for (const [what, order, field] of [
    ["a missing account", { ...ORDER, accountId: undefined }, "accountId"],
    ["an account with a slash", { ...ORDER, accountId: "a/b" }, "accountId"],
    ["a symbol in lower case", { ...ORDER, symbol: "amzn" }, "symbol"],
    ["an unknown side", { ...ORDER, side: "hold" }, "side"],
    ["a negative quantity", { ...ORDER, quantity: -1 }, "quantity"],
    ["a quantity of zero", { ...ORDER, quantity: 0 }, "quantity"],
    ["half a share", { ...ORDER, quantity: 0.5 }, "quantity"],
    ["too many shares", { ...ORDER, quantity: 1_000_000_001 }, "quantity"],
    ["a quantity in words", { ...ORDER, quantity: "100" }, "quantity"],
    ["a price of zero", { ...ORDER, price: 0 }, "price"],
    ["a price with five places", { ...ORDER, price: "1.00001" }, "price"],
    ["a price in scientific notation", { ...ORDER, price: "1e3" }, "price"],
    ["a price above the limit", { ...ORDER, price: "1000000000.0001" }, "price"],
    ["an unknown field", { ...ORDER, colour: "red" }, "colour"],
    ["a field by a name that every object knows", { ...ORDER, toString: "red" }, "toString"],
    ["a list", [ORDER], "body"],
    ["null", null, "body"],
    ["a decimal that binary fractions make long", { ...ORDER, price: 0.1 + 0.2 }, "price"],
  ] as const) {
    it(`refuses ${what} by name, and writes nothing`, async () => {
      const { store, queues, send } = setUp();
      const answer = await send(order);
      expect(answer.status).to.equal(400);
      expect(fieldsOf(answer)).to.deep.equal([field]);
      expect(store.entries.size + queues.of("east").length).to.equal(0);
    });
  }

  it("names all fields that are wrong at once, the key too", async () => {
    const answer = await setUp().send({ ...ORDER, side: "?", quantity: 0 }, { key: "not a key" });
    expect(fieldsOf(answer)).to.deep.equal(["Idempotency-Key", "side", "quantity"]);
  });

  for (const [what, parts, status, field] of [
    ["no key", { key: null }, 400, "Idempotency-Key"],
    ["a key of 129 characters", { key: "k".repeat(129) }, 400, "Idempotency-Key"],
    ["text", { contentType: "text/plain" }, 415, "content-type"],
    ["no content type", { contentType: "" }, 415, "content-type"],
    ["a body over 16 KiB, counted in bytes", { body: JSON.stringify({ ...ORDER, note: "é".repeat(8_200) }) }, 413, "body"],
    ["what is no JSON", { body: "{" }, 400, "body"],
    ["an empty body", { body: "" }, 400, "body"],
    ["a number beyond all numbers", { body: JSON.stringify(ORDER).replace("223.82", "1e400") }, 400, "price"],
    ["a prototype", { body: JSON.stringify(ORDER).replace("{", '{"__proto__":{},') }, 400, "__proto__"],
    [
      "what is nested too deep to be shown",
      { body: JSON.stringify(ORDER).replace("223.82", `${"[".repeat(8_000)}${"]".repeat(8_000)}`) },
      400,
      "price",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { store, send } = setUp();
      const answer = await send(ORDER, parts);
      expect(answer.status).to.equal(status);
      expect(fieldsOf(answer)).to.deep.equal([field]);
      expect(store.entries.size).to.equal(0);
    });
  }

  it("takes its own put for accepted when its answer was lost and the client sends again", async () => {
    const { store, send } = setUp();
    const lost = await send(ORDER, { journal: new Gate(["after"]).guard("journal", store) });
    expect(lost.status).to.equal(503);
    expect(lost.headers["retry-after"]).to.equal("1");
    expect((await send(ORDER)).status).to.equal(202);
    expect(store.entries.size).to.equal(1);
  });

  it("answers 503 when the journal hangs, in bounded time", async () => {
    const { clock, store, send } = setUp();
    const answer = await send(ORDER, { journal: new Gate([], 0).guard("journal", store) });
    expect(answer.status).to.equal(503);
    expect(clock.monotonic()).to.be.at.most(5_000);
  });

  it("answers 202 all the same when the queue fails, or hangs for longer than a second", async () => {
    const failing = setUp();
    expect((await failing.send(ORDER, { queue: new Gate(["before"]).guard("queue", failing.queues.port("east")) })).status).to.equal(202);
    const hanging = setUp();
    expect((await hanging.send(ORDER, { queue: new Gate([], 0).guard("queue", hanging.queues.port("east")) })).status).to.equal(202);
    expect(hanging.clock.monotonic()).to.be.at.most(1_000);
  });

  it("gives one price one form", () => {
    const price = fc.tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 1, max: 9_999 }));
    fc.assert(
      fc.property(price, fc.nat(3), ([whole, places], zeros) => {
        const text = `${whole}.${String(places).padStart(4, "0")}`;
        const canonical = canonicalPrice(text) as string;
        expect(Number(canonical)).to.equal(Number(text));
        expect(canonical).to.not.match(/0$|\.$/);
        expect(canonicalPrice(`${"0".repeat(Math.min(zeros, 10 - String(whole).length))}${text}`)).to.equal(canonical);
      }),
    );
  });
});
