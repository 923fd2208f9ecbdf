import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Fleet } from "../../../lab/region/servers/fleet";
import { ServerProcess } from "../../../lab/region/servers/server-process";
import type { ServersWiring } from "../../../lab/region/servers/wiring";

/** A server that tells its process, takes half a second where asked, and can be made deaf to checks, or end. */
const SERVER = `
import { createServer } from "node:http";
let deaf = false;
createServer((request, response) => {
  if (request.url === "/deaf") deaf = true;
  if (request.url === "/end") process.exit(3);
  if (request.url === "/health") return response.writeHead(deaf ? 500 : 200).end();
  setTimeout(() => response.end(String(process.pid)), request.url === "/slow" ? 500 : 0);
}).listen(Number(process.env.PORT), process.env.HOST);
`;

const WIRING: ServersWiring = {
  kind: "task",
  name: "trade-service",
  count: 2,
  environment: {},
  stopSeconds: 5,
  // A process that starts on a busy machine fails a check or two.
  graceSeconds: 2,
  balancer: {
    check: { path: "/health", intervalSeconds: 0.1, timeoutSeconds: 1, healthyThreshold: 2, unhealthyThreshold: 2, matcher: "200" },
    algorithm: "round_robin",
    deregistrationSeconds: 5,
    idleSeconds: 5,
  },
};

describe("the lab's servers behind their load balancer", function () {
  this.timeout(30_000);
  let folder: string;
  let fleet: Fleet;
  let front: Server;
  let url: string;
  let told: string[];
  let launched: { id: string; at: number }[];

  const makeFleet = (bundle: string, wiring: ServersWiring): Fleet =>
    new Fleet({
      wiring,
      startMs: 300,
      tell: (detail) => told.push(detail),
      launch: (id, port) => {
        launched.push({ id, at: performance.now() });
        return ServerProcess.start(id, { node: process.execPath, bundle, environment: {}, logFile: join(folder, `${id}.log`) }, port);
      },
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fleet-"));
    const bundle = join(folder, "server.mjs");
    writeFileSync(bundle, SERVER);
    [told, launched] = [[], []];
    fleet = makeFleet(bundle, WIRING);
    front = createServer((request, response) => void fleet.balancer.pass(request, response));
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    await fleet.start();
    told.length = 0;
  });
  afterEach(async () => {
    await fleet.close();
    front.closeAllConnections();
    front.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (path: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const pids = async (): Promise<Set<string>> =>
    new Set((await Promise.all(Array.from({ length: 8 }, () => ask("/")))).map(({ body }) => body));
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await pause(20);
  };
  const healthy = (id: string): boolean => fleet.balancer.stateOf(`trade-service-task-${id}`) === "healthy";

  it("stand when the region is built, and share the requests", async () => {
    expect(launched.map(({ id }) => id)).to.deep.equal(["trade-service-task-1", "trade-service-task-2"]);
    expect((await pids()).size).to.equal(2);
  });

  it("one that dies costs the requests that it had, and is replaced after the time that a start takes", async () => {
    const died = performance.now();
    expect((await ask("/end")).status, "the balancer says that it got no answer").to.equal(502);
    await until(() => told.includes("trade-service-task-1 has ended (code 3)"));
    const after = await Promise.all(Array.from({ length: 8 }, () => ask("/")));
    expect(new Set(after.map(({ status }) => status)), "the other one goes on").to.deep.equal(new Set([200]));
    await until(() => healthy("3"));
    expect((launched[2]?.at ?? 0) - died).to.be.greaterThan(290);
    expect(told).to.include("another task is ordered; it starts in 0.3 s");
    expect((await pids()).size).to.equal(2);
  });

  it("one that fails its checks gets no more, ends what it has, and is replaced", async () => {
    const [slow] = await Promise.all([ask("/slow"), ask("/"), ask("/deaf")]);
    expect(slow.status).to.equal(200);
    await until(() => told.includes("trade-service-task-1 is unhealthy"));
    const inWork = ask("/slow");
    await until(() => healthy("3"));
    expect((await inWork).status).to.equal(200);
    expect((await pids()).size).to.equal(2);
    expect(
      told.some((detail) => detail.includes("has ended")),
      "it was asked to end",
    ).to.equal(false);
  });

  it("one on an instance is started again in its place, which the balancer keeps as its target", async () => {
    await fleet.close();
    fleet = makeFleet(join(folder, "server.mjs"), { ...WIRING, kind: "instance", restartSeconds: 0.2 });
    await fleet.start();
    launched.length = 0;
    expect((await ask("/end")).status).to.equal(502);
    await until(() => launched.length > 0);
    expect(launched.map(({ id }) => id)).to.deep.equal(["trade-service-instance-1"]);
    await until(() => fleet.balancer.stateOf("trade-service-instance-1") === "healthy");
    while ((await pids()).size < 2) await pause(50);
    expect(
      told.some((detail) => detail.includes("is ordered")),
      "no other instance is ordered",
    ).to.equal(false);
  });

  it("without any that is healthy all that failed are asked, and without any at all nobody", async () => {
    await Promise.all([ask("/deaf"), ask("/deaf")]);
    await until(() => ["1", "2"].every((id) => told.includes(`trade-service-task-${id} is unhealthy`)));
    await fleet.close();
    expect((await ask("/")).status).to.equal(503);
  });
});
