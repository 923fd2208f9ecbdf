import { expect } from "chai";
import { TradeClient } from "../../client/trade-client";
import type { Order, TryOutcome } from "../../client/types";
import { VirtualRuntime, accepted } from "./virtual";

const ORDER: Order = { accountId: "a1", symbol: "AMZN", side: "buy", quantity: 1, price: "223.82" };
const REFUSAL = { status: 401, type: "application/problem+json", body: { type: "/problems/session", title: "Unauthorized", status: 401 } };

/** A region that knows the sessions that it opened and those that were copied to it. */
class Region {
  readonly known = new Set<string>();
  opened = 0;
  opens: "well" | "not" | "never" = "well";
  down = false;
  constructor(readonly name: string) {}

  answer(path: string, headers: Readonly<Record<string, string>>) {
    if (this.down) return "refused" as const;
    if (path !== "/sessions") return this.known.has(headers["session-token"] ?? "") ? accepted(this.name) : REFUSAL;
    if (this.opens === "never") return "silence" as const;
    if (this.opens === "not") return { status: 503 };
    const sessionToken = `${this.name}${(this.opened += 1)}`;
    this.known.add(sessionToken);
    return { status: 201, body: { sessionToken } };
  }
}

function setUp() {
  const world = new VirtualRuntime();
  const [a, b] = [new Region("a"), new Region("b")];
  world.respond = (url, headers) => {
    const [, name, path] = /^http:\/\/(\w)\.test(.*)$/.exec(url) ?? [];
    return (name === "a" ? a : b).answer(path ?? "", headers);
  };
  const client = new TradeClient(
    {
      endpoints: [
        { region: "a", url: "http://a.test" },
        { region: "b", url: "http://b.test" },
      ],
      deadlineMs: 10_000,
    },
    world,
  );
  const tries: TryOutcome[] = [];
  client.onTry((outcome) => tries.push(outcome));
  const paths = () => world.sent.map(({ url }) => url.replace("http://", ""));
  return { world, client, a, b, tries, paths };
}

describe("TradeClient, on a platform that asks for a session", () => {
  it("opens one when it is asked to, sends the same key again, and keeps the session", async () => {
    const { world, client, a, paths, tries } = setUp();
    const first = await world.finish(client.submit(ORDER));
    const second = await world.finish(client.submit(ORDER));
    expect([first.kind, second.kind, first.attempts, a.opened]).to.deep.equal(["accepted", "accepted", 1, 1]);
    expect(paths()).to.deep.equal(["a.test/trades", "a.test/sessions", "a.test/trades", "a.test/trades"]);
    expect(world.sent.filter(({ key }) => key !== "").map(({ key }) => key)).to.deep.equal(["key-1", "key-1", "key-2"]);
    expect(tries.map(({ openedSession, status }) => [openedSession, status])).to.deep.equal([
      [true, 202],
      [false, 202],
    ]);
  });

  it("opens one for all trades that ask at once", async () => {
    const { world, client, a } = setUp();
    const results = await world.finish(Promise.all([1, 2, 3, 4].map(() => client.submit(ORDER))));
    expect(results.map(({ kind }) => kind)).to.deep.equal(Array(4).fill("accepted"));
    expect(a.opened).to.equal(1);
  });

  it("goes on in the other region with the session that was copied there", async () => {
    const { world, client, a, b } = setUp();
    await world.finish(client.submit(ORDER));
    for (const token of a.known) b.known.add(token);
    a.down = true;
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b" });
    expect(b.opened).to.equal(0);
  });

  it("opens another one there when the copy was lost with the region, and no trade is refused for it", async () => {
    const { world, client, a, b } = setUp();
    await world.finish(client.submit(ORDER));
    a.down = true;
    const result = await world.finish(client.submit(ORDER, "mine"));
    expect(result).to.include({ kind: "accepted", region: "b", idempotencyKey: "mine" });
    expect(b.opened).to.equal(1);
    a.down = false;
    a.known.clear();
    expect((await world.finish(client.submit(ORDER))).kind).to.equal("accepted");
  });

  it("tries the other region where none can be opened, and says after all that the trade is not known to be taken", async () => {
    const { world, client, a, b } = setUp();
    a.opens = "not";
    expect(await world.finish(client.submit(ORDER))).to.include({ kind: "accepted", region: "b" });
    b.known.clear();
    b.opens = "never";
    expect((await world.finish(client.submit(ORDER))).kind).to.equal("unknown");
  });

  it("can open one beforehand", async () => {
    const { world, client, a, paths } = setUp();
    expect(await world.finish(client.openSession())).to.equal(true);
    expect((await world.finish(client.submit(ORDER))).kind).to.equal("accepted");
    expect(paths()).to.deep.equal(["a.test/sessions", "a.test/trades"]);
    a.opens = "not";
    expect(await world.finish(client.openSession())).to.equal(false);
  });
});
