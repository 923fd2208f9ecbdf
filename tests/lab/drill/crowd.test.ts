import { expect } from "chai";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { tradeIdOf } from "../../../lab/drill/check";
import { Crowd } from "../../../lab/drill/clients";
import type { PublicFace } from "../../../lab/drill/face";
import { byPlace } from "../../../lab/drill/places";
import { generated } from "../../../lab/drill/stream";

type Answer = (request: IncomingMessage, response: ServerResponse, key: string) => void;

class FakeRegion {
  answer: Answer = (_request, response, key) => {
    response.writeHead(202, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        tradeId: tradeIdOf({ caller: "trader", key }),
        acceptedAt: "2030-01-01T00:00:00.000Z",
        acceptedRegion: this.region,
      }),
    );
  };
  readonly keys: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    const key = String(request.headers["idempotency-key"] ?? "");
    if (request.method === "POST") this.keys.push(key);
    request.resume().on("end", () => this.answer(request, response, key));
  });
  constructor(readonly region: string) {}
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe("the drill's clients", () => {
  let primary: FakeRegion;
  let standby: FakeRegion;
  let folder: string;
  let face: PublicFace;
  let leadsTo: string;

  beforeEach(async () => {
    primary = new FakeRegion("p");
    standby = new FakeRegion("s");
    const urls = { p: await primary.listen(), s: await standby.listen() };
    folder = mkdtempSync(join(tmpdir(), "crowd-"));
    leadsTo = "p";
    face = {
      caller: "trader",
      name: "trades.example.test",
      resolver: () => ({
        resolve: async () => ({ region: leadsTo, endpoint: leadsTo === "p" ? urls.p : urls.s, path: (path) => path }),
      }),
      endpoints: [
        { region: "p", url: urls.p },
        { region: "s", url: urls.s },
      ],
    };
  });
  afterEach(() => {
    primary.close();
    standby.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const plan = () => generated({ run: "r", scenario: "s", clients: 8 }, 0.4, 100, 1);
  const crowd = (): Crowd => new Crowd({ scenario: "s", clients: 8, face, folder });

  it("send every trade, keep a book each, in memory and on disk", async () => {
    const clients = crowd();
    clients.start(plan());
    expect(await clients.drained(5000)).to.be.true;
    clients.stop();
    const records = clients.records();
    expect(records).to.have.length(40);
    expect(records.every(({ accepted, key }) => accepted?.tradeId === tradeIdOf({ caller: "trader", key }))).to.be.true;
    expect(new Set(records.filter(({ kind }) => kind === "dns").flatMap(({ tries }) => tries.map(({ region }) => region)))).to.deep.equal(
      new Set(["p"]),
    );
    expect(standby.keys.length, "a quarter of the clients prefers the standby").to.equal(10);
    expect(readdirSync(folder)).to.have.length(8);
    const lines = readFileSync(join(folder, "client-1.ndjson"), "utf8").trim().split("\n");
    const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events.filter((event) => event === "accepted")).to.have.length(5);
  });

  it("repeat the same key until it is answered, those that follow DNS at the place that the name leads to", async () => {
    primary.answer = (_request, response) => void response.writeHead(503).end();
    const clients = crowd();
    clients.start(plan());
    setTimeout(() => (leadsTo = "s"), 700);
    expect(await clients.drained(8000)).to.be.true;
    clients.stop();
    const records = clients.records();
    expect(records.every(({ accepted }) => accepted?.acceptedRegion === "s")).to.be.true;
    expect(new Set([...primary.keys, ...standby.keys]).size).to.equal(40);
    const dns = records.find(({ kind }) => kind === "dns");
    expect(dns?.tries[0]).to.include({ region: "p", status: 503 });
    expect(dns?.tries.at(-1)).to.include({ region: "s", status: 202 });
  });

  it("are near one region and the other in turn, and each asks DNS where it is", async () => {
    const known = face;
    const there = { east: "p", west: "s" } as const;
    face = {
      ...face,
      resolver: (client) => {
        const near = client % 2 === 0 ? "east" : "west";
        return {
          near,
          resolve: async () => {
            leadsTo = there[near];
            return await known.resolver(client).resolve("");
          },
        };
      },
    };
    const crowd = new Crowd({ scenario: "places", clients: 4, face, folder });
    crowd.start(generated({ run: "r", scenario: "places", clients: 4 }, 0.4, 100, 1));
    expect(await crowd.drained(5_000)).to.be.true;
    crowd.stop();
    const told = byPlace(crowd.records());
    expect(told).to.have.lengthOf(2);
    expect(told.find((line) => line.includes("near east"))).to.match(/: \d+ by p$/);
    expect(told.find((line) => line.includes("near west"))).to.match(/: \d+ by s$/);
  });

  it("give up on an answer that never comes, however often memory is collected meanwhile", async function () {
    this.timeout(20_000);
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    // Whoever asks first hears nothing; the repetition is answered.
    const heard = new Set<string>();
    const answer = primary.answer;
    primary.answer = (request, response, key) => {
      if (heard.has(key)) return answer(request, response, key);
      heard.add(key);
    };
    const clients = crowd();
    clients.start(plan().filter(({ client }) => client % 2 === 0));
    const collecting = setInterval(collect, 100);
    expect(await clients.drained(10_000)).to.be.true;
    clearInterval(collecting);
    clients.stop();
    expect(clients.records().every(({ tries }) => tries.length === 2 && tries[0]?.error.includes("no answer") === true)).to.be.true;
  });

  it("come back later when told so, and take no 429 for a last word", async () => {
    const times: number[] = [];
    const answer = primary.answer;
    primary.answer = (request, response, key) => {
      times.push(performance.now());
      if (times.length > 1) return answer(request, response, key);
      response.writeHead(429, { "content-type": "application/problem+json", "retry-after": "1" }).end("{}");
    };
    const clients = crowd();
    clients.start(plan().slice(0, 1));
    expect(await clients.drained(8000)).to.be.true;
    clients.stop();
    const [first = 0, second = 0] = times;
    expect(second - first).to.be.at.least(990);
  });

  it("take a problem document for a last word", async () => {
    const refuse: Answer = (_request, response) =>
      void response.writeHead(400, { "content-type": "application/problem+json" }).end(JSON.stringify({ title: "Invalid", errors: [] }));
    primary.answer = refuse;
    standby.answer = refuse;
    const clients = crowd();
    clients.start(plan());
    expect(await clients.drained(5000)).to.be.true;
    clients.stop();
    expect(clients.records().every(({ rejected, tries }) => rejected?.status === 400 && tries.length === 1)).to.be.true;
  });

  it("stop when told, and what had no answer stays unknown", async () => {
    primary.answer = () => undefined;
    standby.answer = () => undefined;
    const clients = crowd();
    clients.start(plan());
    expect(await clients.drained(600)).to.be.false;
    clients.stop();
    expect(clients.outstanding()).to.be.greaterThan(0);
    expect(clients.records().every(({ accepted, rejected }) => accepted === undefined && rejected === undefined)).to.be.true;
  });
});
