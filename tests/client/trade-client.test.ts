import { expect } from "chai";
import { TradeClient } from "../../client/trade-client";
import type { ClientOptions, Order } from "../../client/types";
import { VirtualRuntime, accepted } from "./virtual";

const ORDER: Order = { accountId: "a1", symbol: "AMZN", side: "buy", quantity: 1, price: "223.82" };
const A = "http://a.test/v1";
const B = "http://b.test/v1";
const AT_A = { region: "a", url: A };
const AT_B = { region: "b", url: B };

function setUp(options: Partial<ClientOptions> = {}): { client: TradeClient; world: VirtualRuntime } {
  const world = new VirtualRuntime();
  return { client: new TradeClient({ endpoints: [AT_A, AT_B], ...options }, world), world };
}

const problem = (status: number) => ({
  status,
  type: "application/problem+json",
  body: { title: "Invalid trade", errors: [{ field: "side", detail: "unknown" }] },
});

describe("TradeClient", () => {
  it("sends to the preferred region and tells what it was told", async () => {
    const { client, world } = setUp();
    world.respond = () => accepted("a");
    const result = await world.finish(client.submit(ORDER));
    expect(result).to.deep.equal({
      kind: "accepted",
      tradeId: "t1",
      acceptedAt: "2030-01-01T00:00:00.000Z",
      acceptedRegion: "a",
      idempotencyKey: "key-1",
      region: "a",
      attempts: 1,
      elapsedMs: 0,
    });
    expect(world.openTimers).to.equal(0);
  });

  it("repeats the same key in the other region when the first refuses the connection", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? "refused" : accepted("b"));
    const result = await world.finish(client.submit(ORDER));
    expect(result).to.include({ kind: "accepted", region: "b", attempts: 2, elapsedMs: 0 });
    expect(world.sent.map(({ key }) => key)).to.deep.equal(["key-1", "key-1"]);
  });

  it("gives a region that hangs 1.5 s, no more", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? "silence" : accepted("b"));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b", elapsedMs: 1500 });
  });

  it("does not wait for a signer that hangs", async () => {
    const { client, world } = setUp({
      sign: ({ region }) => (region === "a" ? new Promise(() => undefined) : { authorization: "signed-for-b" }),
    });
    world.respond = () => accepted("b");
    expect(await world.finish(client.submit(ORDER))).to.include({ region: "b", elapsedMs: 1500 });
    expect(world.sent[0]?.headers).to.include({ authorization: "signed-for-b" });
  });

  it("sends the API key with every try", async () => {
    const { client, world } = setUp({ apiKey: "k" });
    world.respond = (url) => (url.startsWith(A) ? { status: 503 } : accepted("b"));
    await world.finish(client.submit(ORDER));
    expect(world.sent.map(({ headers }) => headers["x-api-key"])).to.deep.equal(["k", "k"]);
  });

  it("takes the trade API's own 4xx as final, and asks nobody else", async () => {
    for (const status of [400, 409, 413, 415]) {
      const { client, world } = setUp();
      world.respond = () => problem(status);
      const result = await world.finish(client.submit(ORDER));
      expect(result).to.deep.include({ kind: "rejected", status, attempts: 1, errors: [{ field: "side", detail: "unknown" }] });
    }
  });

  it("asks the other region when a gateway refuses in words that are not the trade API's", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? { status: 403, body: { message: "Forbidden" } } : accepted("b"));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b" });
    world.respond = () => ({ status: 403, body: { message: "Forbidden" } });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "rejected", status: 403 });
  });

  it("asks the other region when a gateway's problem document speaks of the gateway and not of the trade", async () => {
    const { client, world } = setUp();
    const unknownKey = {
      status: 403,
      type: "application/problem+json",
      body: { type: "/problems/gateway", title: "Refused by the gateway" },
    };
    world.respond = (url) => (url.startsWith(A) ? unknownKey : accepted("b"));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b" });
    world.respond = () => unknownKey;
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "rejected", status: 403, title: "Refused by the gateway" });
  });

  it("does not call a trade rejected that a lost answer may have accepted, whatever both gateways say afterwards", async () => {
    const forbidden = { status: 403, body: { message: "Forbidden" } };
    for (const [first, kind] of [
      ["silence", "unknown"],
      ["refused", "unknown"],
      [{ status: 504 }, "unknown"],
      [{ status: 202, body: {} }, "unknown"],
      [{ status: 429 }, "rejected"],
    ] as const) {
      const { client, world } = setUp();
      let calls = 0;
      world.respond = () => ((calls += 1) === 1 ? first : forbidden);
      const result = await world.finish(client.submit(ORDER));
      expect(result.kind, JSON.stringify(first)).to.equal(kind);
      expect(result.attempts).to.equal(4);
    }
  });

  it("does not take the trade API's 4xx for the end while an earlier try may have been taken", async () => {
    for (const [first, kind] of [
      ["silence", "unknown"],
      [{ status: 503 }, "unknown"],
      [{ status: 429 }, "rejected"],
    ] as const) {
      const { client, world } = setUp();
      let calls = 0;
      world.respond = () => ((calls += 1) === 1 ? first : problem(403));
      expect((await world.finish(client.submit(ORDER))).kind, JSON.stringify(first)).to.equal(kind);
    }
  });

  it("hears the earlier try out when a later one is refused, and believes the earlier one", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? { ...accepted("a"), afterMs: 2000 } : problem(403));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "a", elapsedMs: 2000 });
  });

  it("ends on the trade API's 4xx once every earlier try has been refused too", async () => {
    const { client, world } = setUp();
    world.respond = (url) => ({ ...problem(400), afterMs: url.startsWith(A) ? 2000 : 0 });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "rejected", status: 400 });
  });

  it("gives the trade's answer although an observer throws", async () => {
    const { client, world } = setUp();
    world.respond = () => accepted("a");
    client.onTry(() => {
      throw new Error("the caller's disk is full");
    });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted" });
  });

  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    it(`repeats after ${status}`, async () => {
      const { client, world } = setUp();
      let calls = 0;
      world.respond = () => ((calls += 1) < 4 ? { status } : accepted("b"));
      const result = await world.finish(client.submit(ORDER));
      expect(result).to.include({ kind: "accepted", attempts: 4 });
      expect(new Set(world.sent.map(({ key }) => key)).size).to.equal(1);
    });
  }

  it("does not believe a 202 without a trade", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? { status: 202, body: {} } : accepted("b"));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b" });
  });

  it("backs off between rounds, with jitter, and ends at its deadline not knowing", async () => {
    const { client, world } = setUp({ deadlineMs: 5000 });
    world.respond = () => "refused";
    world.chance = 0.999;
    const result = await world.finish(client.submit(ORDER));
    expect(result.kind).to.equal("unknown");
    expect(result.elapsedMs).to.equal(5000);
    const rounds = [...new Set(world.sent.map(({ at }) => Math.round(at)))];
    expect(rounds).to.deep.equal([0, 100, 300, 699, 1499, 3097]);
  });

  it("honours Retry-After when both regions ask for it, with jitter on top", async () => {
    const { client, world } = setUp();
    world.respond = () => (world.now() < 900 ? { status: 503, retryAfter: "1" } : accepted("a"));
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", elapsedMs: 1050 });
  });

  it("is sticky: leaves a failed region alone, probes it after the cool-down, and comes back", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? "refused" : accepted("b"));
    await world.finish(client.submit(ORDER));
    await world.finish(client.submit(ORDER));
    expect(client.currentRegion).to.equal("b");
    world.sent.length = 0;
    world.advance(9_999);
    await world.finish(client.submit(ORDER));
    expect(world.sent.map(({ url }) => url)).to.deep.equal([`${B}/trades`]);

    // still down: the probe costs the trade nothing, and the next one has to wait a cool-down again
    world.advance(1);
    await world.finish(client.submit(ORDER));
    await world.finish(client.submit(ORDER));
    expect(world.sent.map(({ url }) => url).filter((url) => url.startsWith(A))).to.deep.equal([`${A}/health/ready`]);
    expect(client.currentRegion).to.equal("b");

    world.respond = (url) => (url.endsWith("/health/ready") ? { status: 200 } : accepted("a"));
    world.advance(10_000);
    await world.finish(client.submit(ORDER));
    await world.quiet();
    expect(client.currentRegion).to.equal("a");
  });

  it("does not come back to a region that answers but is not ready", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? { status: 503 } : accepted("b"));
    await world.finish(client.submit(ORDER));
    await world.finish(client.submit(ORDER));
    world.advance(10_000);
    await world.finish(client.submit(ORDER));
    await world.quiet();
    expect(client.currentRegion).to.equal("b");
  });

  it("takes an answer that comes after its patience, and repeats no more", async () => {
    const { client, world } = setUp();
    const tries: string[] = [];
    client.onTry(({ region, status, endedAt }) => tries.push(`${region} ${status} ${endedAt}`));
    world.respond = (url) => (url.startsWith(A) ? "refused" : { ...accepted("b"), afterMs: 2000 });
    const result = await world.finish(client.submit(ORDER));
    expect(result).to.include({ kind: "accepted", region: "b", attempts: 4, elapsedMs: 2000 });
    expect(tries, "every try is told of, and the one still under way has been ended").to.deep.equal([
      "a 0 0",
      "a 0 1550",
      "b 202 2000",
      "b 0 2000",
    ]);
  });

  it("hears the first region out while it asks the second", async () => {
    const { client, world } = setUp();
    world.respond = (url) => (url.startsWith(A) ? { ...accepted("a"), afterMs: 1800 } : { ...accepted("b"), afterMs: 1000 });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "a", attempts: 2, elapsedMs: 1800 });
  });

  it("waits four times its patience for an answer, no longer", async () => {
    const { client, world } = setUp({ deadlineMs: 60_000 });
    world.respond = (url) => (url.startsWith(A) ? "refused" : { ...accepted("b"), afterMs: 6_001 });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "unknown", elapsedMs: 60_000 });
  });

  for (const isKnown of [true, false])
    it(`does not let the silence of one region${isKnown ? "" : ", not known of yet,"} keep it from the other, which is busy for a moment`, async () => {
      const { client, world } = setUp({ endpoints: isKnown ? [AT_A, AT_B] : [AT_B, AT_A] });
      world.respond = (url) => (url.startsWith(A) ? "silence" : accepted("b"));
      for (let trade = 0; trade < 2; trade += 1) await world.finish(client.submit(ORDER));
      expect(client.currentRegion).to.equal("b");
      const began = world.now();
      world.respond = (url) =>
        url.startsWith(A) ? "silence" : world.now() < began + 3_000 ? { status: 503, retryAfter: "1" } : accepted("b");
      const result = await world.finish(client.submit(ORDER));
      expect(result).to.include({ kind: "accepted", region: "b" });
      expect(result.elapsedMs).to.be.within(3_000, 4_000);
      const asked = world.sent.filter(({ at, url }) => at >= began && url.startsWith(A));
      expect(asked, "one try waits there, and is enough").to.have.length(1);
    });

  it("holds a region responsible once for a try, and no more once it has answered", async () => {
    const { client, world } = setUp();
    const silentThenRefused = (): { status: number; afterMs: number } => ({ status: 503, afterMs: 2000 });
    world.respond = (url) => (url.startsWith(A) ? silentThenRefused() : { ...accepted("b"), afterMs: 1000 });
    await world.finish(client.submit(ORDER));
    expect(client.currentRegion, "one failure of two").to.equal("a");
    world.respond = (url) => (url.startsWith(A) ? { ...accepted("a"), afterMs: 1600 } : "silence");
    await world.finish(client.submit(ORDER));
    expect(client.currentRegion, "slow, and there").to.equal("a");
  });

  it("leaves no timer behind when a trade ends in a pause", async () => {
    const { client, world } = setUp({ backoffMs: 2000 });
    world.chance = 0.999;
    world.respond = (url) => (url.startsWith(A) ? "refused" : { ...accepted("b"), afterMs: 1600 });
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", attempts: 2, elapsedMs: 1600 });
    await world.quiet();
    expect(world.openTimers).to.equal(0);
  });

  it("hedges: asks the other region while the first is slow, and takes the first good answer", async () => {
    const { client, world } = setUp({ hedgeAfterMs: 200 });
    world.respond = (url) => (url.startsWith(A) ? { ...accepted("a"), afterMs: 1000 } : { ...accepted("b"), afterMs: 50 });
    const result = await world.finish(client.submit(ORDER));
    expect(result).to.include({ kind: "accepted", region: "b", attempts: 2, elapsedMs: 250 });
    expect(client.currentRegion, "losing a race is no failure").to.equal("a");
  });

  it("hedges with one request when the first region is quick", async () => {
    const { client, world } = setUp({ hedgeAfterMs: 200 });
    world.respond = () => ({ ...accepted("a"), afterMs: 100 });
    expect(await world.finish(client.submit(ORDER))).to.include({ region: "a", attempts: 1, elapsedMs: 100 });
  });

  it("waits for the slower region when the hedge fails", async () => {
    const { client, world } = setUp({ hedgeAfterMs: 200 });
    world.respond = (url) => (url.startsWith(A) ? { ...accepted("a"), afterMs: 1000 } : "refused");
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "a", elapsedMs: 1000 });
  });

  it("learns how an unknown trade ended, by its key", async () => {
    const { client, world } = setUp({ deadlineMs: 1000 });
    world.respond = () => "silence";
    const first = await world.finish(client.submit(ORDER));
    expect(first.kind).to.equal("unknown");
    world.respond = () => accepted("b");
    const second = await world.finish(client.submit(ORDER, first.idempotencyKey));
    expect(second).to.include({ kind: "accepted", idempotencyKey: first.idempotencyKey });
  });

  it("tells of each try", async () => {
    const { client, world } = setUp();
    const tries: string[] = [];
    client.onTry(({ region, status, error }) => tries.push(`${region} ${status} ${error}`));
    world.respond = (url) => (url.startsWith(A) ? "refused" : accepted("b"));
    await world.finish(client.submit(ORDER));
    expect(tries).to.deep.equal(["a 0 fetch failed: ECONNREFUSED", "b 202 "]);
  });

  it("refuses options that make no sense, by name", () => {
    expect(() => setUp({ tryTimeoutMs: 0 })).to.throw("tryTimeoutMs");
    expect(() => setUp({ hedgeAfterMs: -1 })).to.throw("hedgeAfterMs");
    const same = { region: "a", url: A };
    expect(() => new TradeClient({ endpoints: [same, same] })).to.throw('"a"');
  });
});
