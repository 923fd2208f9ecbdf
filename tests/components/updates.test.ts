import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { movesLookedFor } from "../../components/foundation/deploy-lock";
import type { SiteContext } from "../../components/foundation/site-context";
import { bundleHandlers, bundleProgram } from "../../scripts/lib/bundle";
import { preview, type Previewed } from "../support/engine";

const HOOK = "no-change-during-a-move";

/** Step Functions in two regions: the standby's failover machine runs, the primary does not answer. */
function stepFunctions(): Server {
  return createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const { stateMachineArn, statusFilter } = JSON.parse(body) as Record<string, string>;
      if (!stateMachineArn?.includes(":us-east-2:")) return request.socket.destroy();
      const running = statusFilter === "RUNNING" && stateMachineArn.endsWith(":stateMachine:trade-standby-failover-dev");
      response.setHeader("content-type", "application/x-amz-json-1.0");
      if (running) return response.end(JSON.stringify({ executions: [{ name: "failover-epoch-7" }] }));
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: "StateMachineDoesNotExist", message: "no such machine" }));
    });
  });
}

describe("an update", function () {
  this.timeout(120_000);

  describe("as the engine sees it", () => {
    let server: Server;
    let seen: Previewed;

    before(async () => {
      server = stepFunctions().listen(0, "127.0.0.1");
      await once(server, "listening");
      await bundleHandlers();
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      seen = await preview("dev", await bundleProgram(), {
        AWS_ENDPOINT_URL_SFN: endpoint,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      });
    });
    after(() => {
      seen.end();
      server.close();
    });

    it("is held by one hook, asked before each AWS resource is made or updated, and before none is deleted", () => {
      expect(seen.hooks.map(({ name, onDryRun, ignoreErrors }) => ({ name, onDryRun, ignoreErrors }))).to.deep.equal([
        { name: HOOK, onDryRun: true, ignoreErrors: false },
      ]);
      const ofAws = seen.registered.filter(({ type }) => type.startsWith("aws:"));
      expect(ofAws.length).to.be.above(600);
      for (const { name, hooks } of ofAws) {
        expect([hooks?.beforeCreateList, hooks?.beforeUpdateList], name).to.deep.equal([[HOOK], [HOOK]]);
        expect(hooks?.beforeDeleteList, name).to.deep.equal([]);
      }
    });

    it("takes the standby down before the primary, whose ledger is the writer and whose sentinel keeps the lease", () => {
      const site = seen.registered.find(({ type, name }) => type.endsWith(":RegionalSite") && name === "standby");
      const needed = (site?.dependenciesList ?? []).map((urn) => urn.split("::").at(-1));
      expect(needed).to.include.members(["primary-ledger-cluster", "primary-schedules-sentinel", "primary-work-sentinel-function"]);
      expect(needed.filter((name) => name?.startsWith("standby"))).to.deep.equal([]);
    });

    it("refuses with the execution's name, and does not wait for a region that is away", async () => {
      const refusal = await seen.ask(HOOK);
      expect(refusal).to.match(/moved by failover-epoch-7 in us-east-2:.*deployLock: false/);
      expect(seen.warnings.join("\n")).to.match(/whether a move runs in us-east-1 is not known/);
    });
  });

  it("looks once for what is changed at about the same time, and again for what comes later", async () => {
    const site = { region: "us-east-1", accountId: pulumi.output("123456789012") } as SiteContext;
    let [at, looks] = [0, 0];
    const running = () => Promise.resolve([`move-${++looks}`]);
    const look = movesLookedFor(
      [site],
      running,
      (warning) => expect.fail(warning),
      () => at,
    );

    const together = await Promise.all([look(), look()]);
    at += 11_000;
    const later = await look();

    expect(together.flat().map(({ execution }) => execution)).to.deep.equal(["move-1", "move-1"]);
    expect(later).to.deep.equal([{ region: "us-east-1", execution: "move-2" }]);
  });
});
