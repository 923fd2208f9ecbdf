import { expect } from "chai";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TcpLink } from "../../lab/cross-region/tcp-link";
import { prepare } from "../../lab/region/aurora/postgres-sql";
import { BadParameter } from "../../lab/region/aurora/sql";

describe("a link between regions", () => {
  let server: Server;
  let link: TcpLink;
  let served: Socket[];
  let near: Socket;
  let received: string;

  async function dial(): Promise<Socket> {
    const socket = connect({ port: link.port, host: "127.0.0.1" });
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  }

  beforeEach(async () => {
    served = [];
    received = "";
    server = createServer((socket) => {
      socket.on("error", () => undefined).on("data", () => undefined);
      served.push(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    link = new TcpLink({ port: 0, targetPort: (server.address() as AddressInfo).port, delayMs: 150 });
    await link.open();
    near = await dial();
    while (served.length === 0) await sleep(5);
  });
  afterEach(async () => {
    near.destroy();
    await link.close();
    for (const socket of served) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it("delivers late and in order", async () => {
    served[0]?.write("first ");
    await sleep(50);
    served[0]?.write("second");
    expect(received).to.equal("");
    await sleep(250);
    expect(received).to.equal("first second");
  });

  it("loses what is on its way when it is cut, and answers nothing until it is mended", async () => {
    served[0]?.write("lost");
    await sleep(30);
    link.cut();
    const during = await dial();
    await sleep(200);
    expect(received).to.equal("");
    expect(during.destroyed).to.equal(false);
    expect(near.destroyed).to.equal(false);
    link.mend();
    await sleep(50);
    expect([near.destroyed, during.destroyed]).to.deep.equal([true, true]);
    near = await dial();
    while (served.length < 2) await sleep(5);
    served[1]?.write("again");
    await sleep(250);
    expect(received).to.equal("again");
  });

  it("can lose one direction alone: the other carries on where it was, and no new connection comes about", async () => {
    let heard = "";
    served[0]?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    link.set({ toFar: false, toNear: true });
    near.write("arrives");
    served[0]?.write("lost");
    const during = await dial();
    during.write("never");
    await sleep(300);
    expect([heard, received, served.length]).to.deep.equal(["arrives", "", 1]);
    link.set({ toFar: true, toNear: false });
    near.write("lost");
    await sleep(50);
    expect(heard).to.equal("arrives");
    during.destroy();
  });

  it("gets slower by a second a second at most, and fast again at once", async () => {
    link.setDelay(60_000);
    served[0]?.write("first ");
    await sleep(400);
    served[0]?.write("second ");
    expect(received).to.equal("first ");
    await sleep(300);
    expect(received).to.equal("first ");
    link.setDelay(0);
    await sleep(400);
    served[0]?.write("third");
    await sleep(30);
    expect(received).to.equal("first second third");
  });

  it("loses what is on its way when the far side dies", async () => {
    served[0]?.write("lost");
    await sleep(30);
    served[0]?.destroy();
    await sleep(250);
    expect(received).to.equal("");
    expect(near.destroyed).to.equal(true);
  });
});

describe("the Data API's parameters", () => {
  const text = (name: string, stringValue: string, typeHint?: string) => ({ name, typeHint, value: { stringValue } });

  it("become numbered and typed, each once", () => {
    const { text: sql, values } = prepare("select :a, :n, :a where x = :n", [text("a", "one"), { name: "n", value: { longValue: 7 } }]);
    expect(sql).to.equal("select $1::text, $2::bigint, $1::text where x = $2::bigint");
    expect(values).to.deep.equal(["one", "7"]);
  });

  it("are not looked for in literals, names, comments, casts, slices and dollar quotes", () => {
    const sql = `select ':a', E'it\\'s :a', ":a", x::int, $tag$ :a $tag$, $$:a$$ -- :a\n /* :a */ from t`;
    expect(prepare(sql, []).text).to.equal(sql);
  });

  it("take their type from the hint, and null takes that of its place", () => {
    const given = [text("j", "{}", "JSON"), text("d", "1.5", "DECIMAL"), { name: "z", value: { isNull: true } }];
    expect(prepare("values (:j, :d, :z)", given).text).to.equal("values ($1::jsonb, $2::numeric, $3)");
  });

  it("must be there and be of a kind that is known", () => {
    expect(() => prepare("select :a", [])).to.throw(BadParameter, "a is missing a value");
    expect(() => prepare("select :a", [text("a", "x", "XML")])).to.throw(BadParameter, "XML");
    expect(() => prepare("select :a", [{ name: "a", value: { arrayValue: {} } }])).to.throw(BadParameter);
  });
});
