import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Disturber } from "../../lab/region/disturber";

describe("a disturbed region", () => {
  let server: Server;
  let url: string;
  let chance: number;
  let disturber: Disturber;

  before(async () => {
    disturber = new Disturber(() => chance);
    server = createServer((_, response) => void disturber.disturbs(response).then((answered) => answered || response.end("served")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const status = async (): Promise<number> => (await fetch(url, { headers: { connection: "close" } })).status;

  it("fails the share of requests that it is told to, and none once it is calm", async () => {
    disturber.set({ failing: 0.5, delayMs: 0 });
    chance = 0.49;
    expect(await status()).to.equal(503);
    chance = 0.5;
    expect(await status()).to.equal(200);
    disturber.set({ failing: 0, delayMs: 0 });
    chance = 0;
    expect(await status()).to.equal(200);
  });

  it("holds each request up", async () => {
    disturber.set({ failing: 0, delayMs: 150 });
    const began = performance.now();
    expect(await status()).to.equal(200);
    expect(performance.now() - began).to.be.at.least(149);
  });
});
