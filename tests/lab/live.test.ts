import { expect } from "chai";
import { EventEmitter } from "node:events";
import { orderOf, type Order } from "../../lab/live/actions";
import { LiveServer } from "../../lab/live/server";
import type { LiveSession } from "../../lab/live/session";

const REGIONS = ["us-east-1", "us-east-2"];

describe("the live page's orders", () => {
  it("are what the page has buttons for", () => {
    expect(orderOf({ action: "kill", region: "us-east-1" }, REGIONS)).to.deep.equal({ action: "kill", region: "us-east-1" });
    expect(orderOf({ action: "rate", rate: 20 }, REGIONS)).to.deep.equal({ action: "rate", rate: 20 });
    expect(orderOf({ action: "check", region: "ignored" }, REGIONS)).to.deep.equal({ action: "check" });
  });

  for (const [body, names] of [
    [{ action: "explode" }, "explode"],
    [{ action: "kill", region: "eu-west-1" }, "eu-west-1"],
    [{ action: "kill" }, "region"],
    [{ action: "rate", rate: 1e9 }, "1000000000"],
    [null, "action"],
  ] as const) {
    it(`are refused by one error that names what is wrong: ${JSON.stringify(body)}`, () => {
      expect(() => orderOf(body, REGIONS))
        .to.throw(names)
        .with.property("message")
        .that.includes("allowed");
    });
  }
});

describe("the live page's server", () => {
  const orders: Order[] = [];
  const session = { news: new EventEmitter(), regions: () => REGIONS, do: (order: Order) => orders.push(order) };
  const server = new LiveServer(session as unknown as LiveSession);
  let page: URL;
  before(async () => {
    page = new URL(await server.open());
  });
  after(() => server.close());

  const at = (path: string, token = page.searchParams.get("token")): string => `${page.origin}${path}?token=${token ?? ""}`;
  const kill = { method: "POST", body: JSON.stringify({ action: "kill", region: "us-east-1" }) };

  it("is on loopback, and serves a page that needs no other", async () => {
    expect(page.hostname).to.equal("127.0.0.1");
    const answer = await fetch(page);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("content-security-policy")).to.include("default-src 'none'");
    expect(await answer.text())
      .to.include('data-action="kill"')
      .and.not.match(/(src|href)="http/);
  });

  it("does what a button says", async () => {
    expect((await fetch(at("/orders"), kill)).status).to.equal(202);
    expect(orders.splice(0)).to.deep.equal([{ action: "kill", region: "us-east-1" }]);
  });

  it("does nothing without the token, or with another", async () => {
    for (const token of ["", "0".repeat(48)]) {
      expect((await fetch(at("/orders", token), kill)).status).to.equal(403);
      expect((await fetch(at("/", token))).status).to.equal(403);
    }
    expect(orders).to.deep.equal([]);
  });

  it("does nothing for who came by another name", async () => {
    const { request } = await import("node:http");
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = page;
      const headers = { host: `evil.example:${port}` };
      const path = `/orders${page.search}`;
      request({ host: "127.0.0.1", port, path, method: "POST", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once("error", reject)
        .end(kill.body);
    });
    expect(status).to.equal(403);
    expect(orders).to.deep.equal([]);
  });

  it("refuses what is no order, and says what is allowed", async () => {
    const answer = await fetch(at("/orders"), { method: "POST", body: JSON.stringify({ action: "explode" }) });
    expect(answer.status).to.equal(400);
    expect(await answer.text())
      .to.include("explode")
      .and.include("kill");
  });

  it("tells the news as they come", async () => {
    const answer = await fetch(at("/news"));
    const chunks = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    session.news.emit("news", { rate: 5 });
    const told = await chunks?.read();
    expect(told?.value).to.equal('data: {"rate":5}\n\n');
    await chunks?.cancel();
  });
});
