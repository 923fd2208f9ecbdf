import { expect } from "chai";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { NameService } from "../../lab/dns/name-service";
import type { Registered } from "../../lab/types";
import { item } from "../support/registered-item";

const NAME = "trades.example.test";

describe("lab dns: resolvers in two places", () => {
  const target = (region: string): string => `lb.${region}.elb.amazonaws.com`;
  const layer = (policies: readonly object[]): Registered[] => [
    ...["us-east-1", "us-west-2"].map((region) =>
      item("aws:lb/loadBalancer:LoadBalancer", `lb-${region}`, region, {}, { dnsName: target(region) }),
    ),
    item("aws:route53/healthCheck:HealthCheck", "ready", "us-east-1", {
      type: "HTTPS",
      fqdn: target("us-east-1"),
      resourcePath: "/health/ready",
      requestInterval: 0.1,
      failureThreshold: 2,
    }),
    item("aws:route53/healthCheck:HealthCheck", "not-taken", "us-east-1", {
      type: "HTTPS",
      fqdn: target("us-west-2"),
      resourcePath: "/control/active",
      requestInterval: 0.1,
      failureThreshold: 2,
      invertHealthcheck: true,
    }),
    item("aws:route53/healthCheck:HealthCheck", "serves", "us-east-1", {
      type: "CALCULATED",
      childHealthchecks: ["ready", "not-taken"],
      childHealthThreshold: 2,
    }),
    ...["us-east-1", "us-west-2"].map((region, index) =>
      item("aws:route53/record:Record", `record-${region}`, "us-east-1", {
        name: NAME,
        type: "CNAME",
        ttl: 1,
        records: [target(region)],
        setIdentifier: region,
        ...(index === 0 ? { healthCheckId: "serves" } : {}),
        ...policies[index],
      }),
    ),
  ];

  /** The two regions' fronts; the second says that it is active when it is told to be. */
  async function played(policies: readonly object[], play: (names: NameService, takeLease: () => void, events: string[]) => Promise<void>) {
    let isActive = false;
    const servers = await Promise.all(
      ["us-east-1", "us-west-2"].map(async (region) => {
        const server = http.createServer((request, response) => {
          const passive = request.url === "/control/active" && !(isActive && region === "us-west-2");
          response.writeHead(passive ? 409 : 200).end(region);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return { region, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
      }),
    );
    const events: string[] = [];
    const names = new NameService({
      name: NAME,
      places: ["us-east-1", "us-west-2"],
      onEvent: ({ event, detail }) => (event === "dns" ? void events.push(detail) : undefined),
    });
    await names.open();
    try {
      names.load(layer(policies), new Map(servers.map(({ region, url }) => [region, url])));
      while (!names.settled() || !names.serves("us-east-1")) await sleep(20);
      await play(names, () => (isActive = true), events);
    } finally {
      await names.close();
      for (const { server } of servers) {
        server.closeAllConnections();
        server.close();
      }
    }
  }

  const near = async (names: NameService, place: string): Promise<string> => (await names.resolver(place).resolve(NAME)).region;
  const lost = async (names: NameService): Promise<void> => {
    while (names.serves("us-east-1")) await sleep(20);
  };

  it("latency: each place is led to its own region, and both to the new holder of the lease", async () => {
    const policies = ["us-east-1", "us-west-2"].map((region) => ({ latencyRoutingPolicies: [{ region }] }));
    await played(policies, async (names, takeLease, events) => {
      expect(await Promise.all([near(names, "us-east-1"), near(names, "us-west-2")])).to.deep.equal(["us-east-1", "us-west-2"]);
      events.length = 0;
      takeLease();
      await lost(names);
      expect(await Promise.all([near(names, "us-east-1"), near(names, "us-west-2")])).to.deep.equal(["us-west-2", "us-west-2"]);
      expect(events, "nothing changes for those who are near it").to.deep.equal([`${NAME} now leads to us-west-2`]);
    });
  });

  it("weights: answers come in proportion in both places, and the lease wins over any weight", async () => {
    const policies = [3, 1].map((weight) => ({ weightedRoutingPolicies: [{ weight }] }));
    await played(policies, async (names, takeLease, events) => {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => near(names, index % 2 === 0 ? "us-east-1" : "us-west-2")),
      );
      expect(answers.filter((region) => region === "us-east-1").length, "of 200 about 150").to.be.within(120, 180);
      expect(names.leadsTo("us-east-1").map(({ share }) => share)).to.deep.equal([0.75, 0.25]);
      expect(names.region()).to.equal("us-east-1");
      events.length = 0;
      takeLease();
      await lost(names);
      const after = await Promise.all(Array.from({ length: 40 }, () => near(names, "us-east-1")));
      expect(new Set(after)).to.deep.equal(new Set(["us-west-2"]));
      expect(events).to.deep.equal([`${NAME} now leads to us-west-2`]);
    });
  });
});
