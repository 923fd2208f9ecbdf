import { expect } from "chai";
import * as packet from "dns-packet";
import * as fc from "fast-check";
import * as dgram from "node:dgram";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CheckerView } from "../../emulation/route53/checker-view";
import { choose, isHealthy, type DnsRecord, type EndpointCheck, type HealthCheck, type World } from "../../emulation/route53/routing";
import { HealthCheckers } from "../../lab/dns/health-checkers";
import { NameService } from "../../lab/dns/name-service";
import { checksOf, recordsOf, routesOf } from "../../lab/dns/registered";
import type { Registered } from "../../lab/types";
import { item } from "../support/registered-item";

const NAME = "trades.example.test";

const endpoint = (id: string, options: Partial<EndpointCheck> = {}): EndpointCheck => ({
  kind: "endpoint",
  id,
  name: id,
  inverted: false,
  disabled: false,
  secure: true,
  host: "a.example",
  port: 443,
  path: "/",
  intervalSeconds: 10,
  threshold: 2,
  ...options,
});

const calculated = (id: string, children: string[], healthThreshold: number): HealthCheck => ({
  kind: "calculated",
  id,
  name: id,
  inverted: false,
  disabled: false,
  children,
  healthThreshold,
});

/** A world in which so many of five checkers see each endpoint healthy. */
const world = (checks: HealthCheck[], healthy: Record<string, number>): World => ({
  checks: new Map(checks.map((check) => [check.id, check])),
  agreements: new Map(Object.entries(healthy).map(([id, count]) => [id, { healthy: count, total: 5 }])),
});

const record = (setIdentifier: string, policy: DnsRecord["policy"], healthCheckId?: string): DnsRecord => ({
  name: NAME,
  type: "CNAME",
  ttl: 10,
  values: [`${setIdentifier}.example`],
  setIdentifier,
  policy,
  healthCheckId,
});

/** The program's layer: A the primary's readiness, B the standby's inverted claim to be active, C both. */
const checks = [endpoint("A"), endpoint("B", { inverted: true }), calculated("C", ["A", "B"], 2), endpoint("S")];
const failover = [
  record("primary", { kind: "failover", role: "PRIMARY" }, "C"),
  record("standby", { kind: "failover", role: "SECONDARY" }, "S"),
];

describe("lab dns: Route 53's rules", () => {
  const cases: [string, Record<string, number>, string][] = [
    ["all is well: the standby's claim fails, inverted it is healthy", { A: 5, B: 0, S: 5 }, "primary"],
    ["the primary is dead", { A: 0, B: 0, S: 5 }, "standby"],
    ["the primary answers again but the standby holds the lease: no flapping", { A: 5, B: 5, S: 5 }, "standby"],
    ["the standby is dead", { A: 5, B: 0, S: 0 }, "primary"],
    ["both are dead: the primary, as if both were healthy", { A: 0, B: 0, S: 0 }, "primary"],
    ["one of five checkers is more than 18 %", { A: 1, B: 0, S: 5 }, "primary"],
    ["one of five sees the standby active: that is enough to move", { A: 5, B: 1, S: 5 }, "standby"],
  ];
  for (const [title, healthy, expected] of cases) {
    it(`failover: ${title}`, () => {
      expect(choose(failover, world(checks, healthy), NAME, { draw: 0 })?.setIdentifier).to.equal(expected);
    });
  }

  it("new checks are healthy, new inverted ones unhealthy; disabled ones count as healthy before inversion", () => {
    const disabled = [endpoint("D", { disabled: true }), endpoint("DI", { disabled: true, inverted: true })];
    const now = world([...checks, ...disabled], { D: 0, DI: 5 });
    expect(["A", "B", "D", "DI", "unknown"].map((id) => isHealthy(now, id))).to.deep.equal([true, false, true, false, true]);
  });

  it("a calculated check that reaches itself ends", () => {
    expect(isHealthy(world([calculated("X", ["X"], 1)], {}), "X")).to.equal(true);
  });

  it("weight 0 answers only when all others are unhealthy", () => {
    const weighted = [record("primary", { kind: "weighted", weight: 100 }, "A"), record("standby", { kind: "weighted", weight: 0 }, "S")];
    const answer = (healthy: Record<string, number>): string | undefined =>
      choose(weighted, world(checks, healthy), NAME, { draw: 0.99 })?.setIdentifier;
    expect(answer({ A: 5, S: 5 })).to.equal("primary");
    expect(answer({ A: 0, S: 5 })).to.equal("standby");
    expect(answer({ A: 0, S: 0 })).to.equal("primary");
  });

  it("weights share the answers in proportion", () => {
    const weighted = [record("primary", { kind: "weighted", weight: 3 }), record("standby", { kind: "weighted", weight: 1 })];
    const at = (draw: number): string | undefined => choose(weighted, world([], {}), NAME, { draw })?.setIdentifier;
    expect([0, 0.74, 0.75, 0.999].map(at)).to.deep.equal(["primary", "primary", "standby", "standby"]);
  });

  it("latency takes the nearest healthy region", () => {
    const latency = [
      record("east", { kind: "latency", region: "us-east-1" }, "A"),
      record("west", { kind: "latency", region: "us-west-2" }, "S"),
    ];
    const near = (region: string, healthy: Record<string, number>): string | undefined =>
      choose(latency, world(checks, healthy), NAME, { near: region, draw: 0 })?.setIdentifier;
    expect(near("us-west-2", { A: 5, S: 5 })).to.equal("west");
    expect(near("us-east-2", { A: 5, S: 5 })).to.equal("east");
    expect(near("us-west-2", { A: 5, S: 0 })).to.equal("east");
  });

  it("property: an existing name always gets an answer, and never an unhealthy record while a healthy one could answer", () => {
    const policies = fc.constantFrom("failover", "weighted", "latency");
    fc.assert(
      fc.property(
        policies,
        fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
        fc.nat(3),
        fc.nat(3),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (kind, health, w1, w2, draw) => {
          const policy = (index: number): DnsRecord["policy"] =>
            kind === "failover"
              ? { kind, role: index === 0 ? "PRIMARY" : "SECONDARY" }
              : kind === "weighted"
                ? { kind, weight: index === 0 ? w1 : w2 }
                : { kind: "latency", region: index === 0 ? "us-east-1" : "us-east-2" };
          const records = [record("0", policy(0), "A"), record("1", policy(1), "S")];
          const answer = choose(records, world(checks, { A: health[0] ? 5 : 0, S: health[1] ? 5 : 0 }), NAME, { draw, near: "us-east-2" });
          expect(answer).to.not.equal(undefined);
          if (health.some(Boolean)) expect(health[Number(answer?.setIdentifier)]).to.equal(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("lab dns: health checkers", () => {
  it("a checker turns after the threshold's contrary results in a row, either way", () => {
    const view = new CheckerView(2);
    const turns = [false, true, false, false, true, false, true, true].map((result) => view.note(result));
    expect(turns).to.deep.equal([false, false, false, true, false, false, false, true]);
  });

  it("all checkers probe at the interval, spread over it", async () => {
    let probes = 0;
    const checkers = new HealthCheckers(async () => {
      probes += 1;
      return false;
    });
    checkers.start([endpoint("A", { intervalSeconds: 0.1 })]);
    await sleep(350);
    checkers.stop();
    expect(checkers.agreements().get("A")).to.deep.equal({ healthy: 0, total: 5 });
    expect(checkers.settled()).to.equal(true);
    expect(probes).to.be.within(10, 20);
  });
});

const registeredLayer = (interval: number): Registered[] => [
  item("aws:apigateway/domainName:DomainName", "p", "us-east-1", {}, { regionalDomainName: "d-p.execute-api.us-east-1.amazonaws.com" }),
  item("aws:apigateway/domainName:DomainName", "s", "us-east-2", {}, { regionalDomainName: "d-s.execute-api.us-east-2.amazonaws.com" }),
  item("aws:apigateway/restApi:RestApi", "api1", "us-east-1", {}),
  item("aws:route53/healthCheck:HealthCheck", "A", "us-east-1", {
    type: "HTTPS",
    fqdn: "d-p.execute-api.us-east-1.amazonaws.com",
    resourcePath: "/health/ready",
    requestInterval: interval,
    failureThreshold: 2,
  }),
  item("aws:route53/record:Record", "r1", "us-east-1", {
    name: NAME,
    type: "CNAME",
    ttl: 1,
    records: ["d-p.execute-api.us-east-1.amazonaws.com"],
    setIdentifier: "primary",
    failoverRoutingPolicies: [{ type: "PRIMARY" }],
    healthCheckId: "A",
  }),
  item("aws:route53/record:Record", "r2", "us-east-1", {
    name: NAME,
    type: "CNAME",
    ttl: 1,
    records: ["d-s.execute-api.us-east-2.amazonaws.com"],
    setIdentifier: "standby",
    failoverRoutingPolicies: [{ type: "SECONDARY" }],
  }),
];

describe("lab dns: from registrations to answers", () => {
  it("reads records, checks and routes", () => {
    const layer = registeredLayer(10);
    expect(recordsOf(layer).map((one) => one.policy)).to.deep.equal([
      { kind: "failover", role: "PRIMARY" },
      { kind: "failover", role: "SECONDARY" },
    ]);
    expect(checksOf(layer)).to.have.lengthOf(1);
    const routes = routesOf(
      layer,
      new Map([
        ["us-east-1", "http://p"],
        ["us-east-2", "http://s"],
      ]),
    );
    expect(routes.get("api1.execute-api.us-east-1.amazonaws.com")?.path("/v1/trades?x=1")).to.equal(
      "/restapis/api1/v1/_user_request_/trades?x=1",
    );
    expect(routes.get("d-s.execute-api.us-east-2.amazonaws.com")?.region).to.equal("us-east-2");
  });

  it("answers over UDP, moves when the primary dies, and the proxy follows once the TTL is over", async function () {
    this.timeout(15_000);
    const region = async (name: string): Promise<http.Server> => {
      const server = http.createServer((_request, response) => response.end(name));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    };
    const url = (server: http.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [primary, standby] = [await region("primary"), await region("standby")];
    const events: string[] = [];
    const names = new NameService({ name: NAME, onEvent: ({ detail }) => events.push(detail) });
    const { dnsPort, publicUrl } = await names.open();
    try {
      names.load(
        registeredLayer(0.2),
        new Map([
          ["us-east-1", url(primary)],
          ["us-east-2", url(standby)],
        ]),
      );
      const ask = async (): Promise<string> => await (await fetch(`${publicUrl}/trades`)).text();
      expect(await ask()).to.equal("primary");
      expect(await dig(dnsPort, "A")).to.deep.equal(["CNAME d-p.execute-api.us-east-1.amazonaws.com 1", "A 127.0.0.1 60"]);
      expect(await dig(dnsPort, "AAAA")).to.deep.equal(["CNAME d-p.execute-api.us-east-1.amazonaws.com 1"]);

      primary.closeAllConnections();
      await new Promise((resolve) => primary.close(resolve));
      const died = Date.now();
      while ((await ask()) !== "standby" && Date.now() - died < 10_000) await sleep(50);
      expect(await ask()).to.equal("standby");
      expect(events).to.deep.equal(["check A is unhealthy", `${NAME} now leads to us-east-2`]);
    } finally {
      await names.close();
      standby.closeAllConnections();
      standby.close();
    }
  });
});

/** What the server answers, as text. */
async function dig(port: number, type: "A" | "AAAA"): Promise<string[]> {
  const socket = dgram.createSocket("udp4");
  try {
    const reply = await new Promise<packet.DecodedPacket>((resolve) => {
      socket.once("message", (message) => resolve(packet.decode(message)));
      socket.send(packet.encode({ type: "query", id: 7, questions: [{ type, name: NAME }] }), port, "127.0.0.1");
    });
    return (reply.answers ?? []).map(
      (answer) =>
        `${answer.type} ${"data" in answer && typeof answer.data === "string" ? answer.data : ""} ${"ttl" in answer ? answer.ttl : ""}`,
    );
  } finally {
    socket.close();
  }
}
