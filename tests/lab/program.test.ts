import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clientCredentials } from "../../lab/drill/credentials";
import { labStack } from "../../lab/drill/lab-stack";
import type { RegionPair } from "../../lab/region/pair";
import { provision, TRADER_KEY, type Provisioned } from "../../lab/provision/run-program";
import type { DrillReport } from "../../lab/report/model";
import { AuditBucket } from "../support/audit-bucket";
import { cliVersion, commandsIn, NO_COMMAND, runBlock } from "../support/runbook-shell";
import { LabOperator } from "../support/lab-operator";
import { somePair } from "../support/lab-pair";
import { RegionsParameters } from "../support/regions-parameters";

/** What the API asks of its callers; the lab's stack is one with an API key. */
const credentials: Record<string, string> = {};

async function post(endpoint: string, key: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${endpoint}/trades`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key, ...credentials },
    body: JSON.stringify({ accountId: "acc-1", symbol: "ACME", side: "buy", quantity: 10, price: "12.5" }),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function settled(endpoint: string, tradeId: unknown): Promise<Record<string, unknown>> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(`${endpoint}/trades/${String(tradeId)}`, { headers: credentials, signal: AbortSignal.timeout(10_000) });
    const entry = (await response.json()) as Record<string, unknown>;
    if (entry["status"] === "SETTLED" || attempt >= 60) return entry;
    await sleep(250);
  }
}

/** What the lab has not: services, servers where the stack has functions, and events of Aurora. */
const NOT_PLAYED = /^(fis|backup|route53|ecs|elbv2|autoscaling|application-autoscaling) |\/aws\/(ecs|ec2)\/|^rds describe-events /;

/** The outputs with addresses that lead to the lab; its public name leads nowhere outside of it. */
const reachable = (outputs: Provisioned["outputs"], { regions: [primary, standby] }: RegionPair): object => ({
  ...outputs,
  publicUrl: "",
  primarySiteOutputs: { ...(outputs["primarySiteOutputs"] as object), url: primary.endpoint },
  standbySiteOutputs: { ...(outputs["standbySiteOutputs"] as object), url: standby.endpoint },
});

describe("lab program: two regions from index.ts", function () {
  this.timeout(240_000);
  let pair: RegionPair;
  let program: Provisioned;
  let operator: LabOperator;

  before(async () => {
    pair = await somePair();
    await pair.start();
    program = await provision({
      regions: pair.regions,
      publicUrl: pair.regions[1].endpoint,
      config: { apiAuth: "apiKey", "regionSwitch.enabled": "true" },
    });
    const keys = program.registered
      .filter(({ type }) => type === "aws:apigateway/apiKey:ApiKey")
      .map(({ inputs }) => String(inputs["value"]));
    // One of the platform's canaries and one of the trader, each the same in both regions.
    expect([keys.length, new Set(keys).size]).to.deep.equal([4, 2]);
    credentials["x-api-key"] = clientCredentials(program, labStack("dev", { apiAuth: "apiKey" }).settings).apiKey ?? "";
    operator = new LabOperator(reachable(program.outputs, pair), pair.regions[0].endpoint);
  });
  after(async () => {
    operator?.close();
    await pair.close();
  });

  it("makes the functions, queues, tables and machines of both regions real, and wires the fronts", () => {
    const real = (type: string, region: string): number =>
      program.registered.filter((one) => one.type === type && one.region === region && one.realized).length;
    // No trade of this stack needs a session.
    const handlers = readdirSync(join(__dirname, "../../handlers/functions")).filter((file) => file !== "session-opening.ts");
    for (const region of ["us-east-1", "us-east-2"]) {
      expect(real("aws:lambda/function:Function", region)).to.equal(handlers.length);
      expect(real("aws:sfn/stateMachine:StateMachine", region)).to.equal(3);
    }
    const wiring = program.wiring("standby");
    expect(wiring.mrscTables.map((table) => table["TableName"])).to.have.members(["trade-journal-dev", "trade-lease-dev"]);
    expect(wiring.aurora.clusterIdentifier).to.equal("trade-standby-ledger-dev");
    expect(wiring.eventForwarding).to.have.lengthOf(1);
    expect(wiring.api.stage).to.equal("v1");
  });

  it("ends with the deploy gate, and both regions found themselves in sync", () => {
    const gates = program.registered.filter(({ type, name }) => type === "aws:lambda/invocation:Invocation" && name.startsWith("gate-"));
    const reports = gates.map(({ state }) => JSON.parse(String(state["result"])) as { region: string; inSync: boolean });
    expect(reports.map(({ region, inSync }) => [region, inSync])).to.have.deep.members([
      ["us-east-1", true],
      ["us-east-2", true],
    ]);
  });

  it("a trade posted in either region is settled where the lease is", async () => {
    const [primary, standby] = pair.regions;
    const answers = await Promise.all([post(primary.endpoint, "program-test-1"), post(standby.endpoint, "program-test-2")]);
    expect(answers.map(({ status }) => status)).to.deep.equal([202, 202]);
    for (const { body } of answers) {
      const entry = await settled(primary.endpoint, body["tradeId"]);
      expect(entry).to.include({ status: "SETTLED", outcome: "EXECUTED", settledEpoch: 1 });
    }
  });

  it("both regions refuse who has not the key, or sends what is no request, in problem documents of the gateway", async () => {
    const order = JSON.stringify({ accountId: "acc-1" });
    const ask = async (endpoint: string, headers: Record<string, string>, body: string): Promise<readonly unknown[]> => {
      const json = { "content-type": "application/json" };
      const response = await fetch(`${endpoint}/trades`, { method: "POST", headers: { ...json, ...headers }, body });
      const problem = (await response.json()) as Record<string, unknown>;
      return [response.status, response.headers.get("content-type"), problem["type"], problem["detail"]];
    };
    const problemJson = "application/problem+json";
    for (const { endpoint } of pair.regions) {
      const named = { ...credentials, "idempotency-key": "program-test-refused" };
      expect(await ask(endpoint, { "x-api-key": "not-the-key-of-this-stack" }, order)).to.deep.equal([
        403,
        problemJson,
        "/problems/gateway",
        "Forbidden",
      ]);
      const [, , , withoutKey] = await ask(endpoint, credentials, order);
      expect(withoutKey).to.include("Idempotency-Key is missing");
      expect((await ask(endpoint, named, "[]")).slice(0, 3)).to.deep.equal([400, problemJson, "about:blank"]);
      // What is a request and no good trade the handler answers, field by field.
      const [status, type, , detail] = await ask(endpoint, named, order);
      expect([status, type]).to.deep.equal([400, problemJson]);
      expect(detail).to.include("symbol is missing").and.include("price is missing");
    }
  });

  it("an operator finds both regions in sync", async () => {
    const { code, output } = await operator.run("verify-sync");
    expect(code, output).to.equal(0);
    for (const area of ["replication lag", "clusters", "secrets", "quotas"])
      expect(output).to.match(new RegExp(`${area} +in sync +in sync`));
  });

  it("a shared parameter that is changed in the active region comes to the other one, and not the other way round", async () => {
    const [primary, standby] = pair.regions.map((region) => new RegionsParameters(region)) as [RegionsParameters, RegionsParameters];
    const [limit, note] = ["limit", "note"].map((name) => `/trade-failover/dev/shared/${name}`) as [string, string];
    await standby.put(note, "of the passive region");
    await primary.put("/trade-failover/dev/site/note", "of this region");
    await primary.put(limit, "5");
    expect(await standby.becomes(limit, "5")).to.equal("5");
    await primary.put(limit, "6");
    expect(await standby.becomes(limit, "6")).to.equal("6");
    await primary.remove(limit);
    expect(await standby.becomes(limit, undefined)).to.equal(undefined);
    expect(await primary.get(note)).to.equal(undefined);
    expect(await standby.get("/trade-failover/dev/site/note")).to.equal(undefined);
    await standby.remove(note);
  });

  it("a region that died is built again from the same registrations", async () => {
    const [, standby] = pair.regions;
    await standby.kill();
    await standby.start();
    await program.reprovision(standby.region);
    const { status, body } = await post(standby.endpoint, "program-test-3");
    expect(status).to.equal(202);
    expect(await settled(standby.endpoint, body["tradeId"])).to.include({ status: "SETTLED" });
  });

  it("an operator moves it, watches that, and is refused what makes no sense", async () => {
    const dry = await operator.run("failover", "--dry-run");
    expect(dry.output).to.include("execution failover-2 would be started in us-east-2; nothing was changed");
    const over = await operator.run("failover", "--reason", "game day");
    expect(over.code, over.output).to.equal(0);
    expect(over.output).to.match(/ s {2}TakeLease\n[^]* s {2}Reconcile\n[^]* s {2}Validate\n[^]*us-east-2 is active at epoch 2/);
    const again = await operator.run("failover", "--to", "us-east-2");
    expect(again.code).to.equal(1);
    expect(again.output).to.include("us-east-2 is active already, at epoch 2");
    const back = await operator.run("switchover", "--dry-run", "--to", "us-west-2");
    expect(back.code).to.equal(1);
    expect(back.output).to.include("us-west-2 is no region of this stack; allowed: us-east-1, us-east-2");
  });

  it("an operator brings it back without loss, as soon as the old writer is a copy that has caught up, and not before", async () => {
    const [primary, standby] = pair.regions;
    const before = await post(standby.endpoint, "program-test-4");
    expect(await settled(standby.endpoint, before.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 2 });
    const looks: string[] = [];
    for (let look = await operator.run("failback", "--dry-run"); look.code !== 0; look = await operator.run("failback", "--dry-run")) {
      expect(look.output).to.match(/^failback of lab refused, nothing was changed:\n- /);
      looks.push(look.output);
      expect(looks.length, looks.join("\n")).to.be.below(30);
    }
    const back = await operator.run("failback", "--reason", "the region is well again");
    expect(back.code, back.output).to.equal(0);
    expect(back.output).to.match(
      / s {2}CheckTarget\n[^]* s {2}HandOver\n[^]* s {2}Switchover\n[^]* s {2}RaiseFence\n[^]* s {2}Validate\n[^]*us-east-1 is active at epoch 3: a trade was settled there/,
    );
    const after = await post(primary.endpoint, "program-test-5");
    expect(await settled(primary.endpoint, after.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 3 });
    // What was settled under the epoch before is in this ledger, too: nobody had to settle it again.
    expect(await settled(primary.endpoint, before.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 2 });
    const again = await operator.run("failback");
    expect(again.code).to.equal(1);
    expect(again.output).to.include("us-east-1 is active already, at epoch 3");
  });

  it("a plan of ARC Region switch moves it gracefully: its step is invoked in the region that it activates, until that is active", async () => {
    const [primary, standby] = pair.regions;
    const plans = program.registered.filter(({ type }) => type === "aws:arcregionswitch/plan:Plan");
    expect(plans.map(({ inputs, realized }) => [inputs["name"], realized])).to.deep.equal([["trade-region-switch-dev", false]]);
    const before = await post(primary.endpoint, "program-test-6");
    expect(await settled(primary.endpoint, before.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 3 });
    // As ARC does, whose interval is a minute; the old writer may still be on its way to be a copy, and a switchover is refused until it is one.
    const client = new LambdaClient({
      region: standby.region,
      endpoint: standby.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const said: string[] = [];
    let done: unknown;
    for (let visit = 0; done === undefined && visit < 60; visit += 1) {
      const answer = await client.send(new InvokeCommand({ FunctionName: "trade-standby-region-switch-dev", Payload: "{}" }));
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError === undefined) done = JSON.parse(text);
      else said.push(text);
      if (done === undefined) await sleep(1_000);
    }
    expect(done, said.join("\n")).to.deep.equal({ active: true, region: standby.region, epoch: 4 });
    expect(said[0]).to.include("switchover to epoch 4 was started: us-east-1 is at work");
    const after = await post(primary.endpoint, "program-test-7");
    expect(await settled(primary.endpoint, after.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 4 });
    expect(await settled(primary.endpoint, before.body["tradeId"])).to.include({ status: "SETTLED", settledEpoch: 3 });
  });

  it("the hourly test runs every check for real, the comparison of both regions among them", async () => {
    // The public name of this program leads to the home standby, which holds the lease by now; the passive region asks.
    const [{ region, endpoint }] = pair.regions;
    const credentialsHere = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SFNClient({ region, endpoint, credentials: credentialsHere });
    const stateMachineArn = (program.outputs["primarySiteOutputs"] as { readinessArn: string }).readinessArn;
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: "{}" }));
    let status = "RUNNING";
    // After a move the public name is given a minute to follow.
    for (let look = 0; status === "RUNNING" && look < 240; look += 1) {
      await sleep(500);
      status = String((await client.send(new DescribeExecutionCommand({ executionArn }))).status);
    }
    expect(status).to.equal("SUCCEEDED");
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    const left = (name: string): unknown => {
      const details = (events ?? []).map(({ stateExitedEventDetails }) => stateExitedEventDetails);
      return JSON.parse(details.find((one) => one?.name === name)?.output ?? "null");
    };
    const checks = left("Compare") as { check: string; passed: boolean; detail: string }[];
    expect(checks).to.have.length(9);
    expect(checks.at(-1)).to.deep.equal({ check: "parity", passed: true, detail: "both regions are in sync", durationMs: 0 });
    expect(checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(left("Publish")).to.deep.equal({ ready: true, failed: [] });
  });

  it("the runbook's commands are ones that AWS's own CLI takes, and that answer here", async function () {
    // Without the CLI on this machine nobody can type them.
    if (cliVersion === undefined) return this.skip();
    const [primary, standby] = pair.regions;
    const environment = {
      ...{ SUFFIX: "dev", SITE: "primary", REGION: primary.region, PEER_REGION: standby.region, ACCOUNT: "000000000000" },
      ...{ AWS_PAGER: "", AWS_DEFAULT_REGION: primary.region, AWS_ENDPOINT_URL: primary.endpoint },
      ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    };
    // What one exports at the beginning is in the environment already.
    const blocks = commandsIn(readFileSync(join(__dirname, "../../docs/RUNBOOK.md"), "utf8")).map((block) =>
      block.replace(/^export SUFFIX=.*$/m, ""),
    );
    // In one shell, as whoever is on duty types them: a later block may use what an earlier one has found.
    const calls = await runBlock(blocks.join("\n"), environment);
    expect(calls.length).to.be.above(50);
    const wrong = calls.filter(({ code, command }) => code !== 0 && !NOT_PLAYED.test(command));
    expect(wrong).to.deep.equal([]);
    // What the lab has not must still be what the CLI takes.
    expect(calls.filter(({ code }) => NO_COMMAND.includes(code))).to.deep.equal([]);
  });

  it("a drill from outside moves it there and back while clients trade, and accounts for every trade by the ledger's rows", async () => {
    const folder = mkdtempSync(join(tmpdir(), "game-day-"));
    try {
      const { code, output } = await operator.drill(
        credentials["x-api-key"] ?? "",
        ...["--caller", TRADER_KEY, "--accounts", "outside", "--seconds", "12", "--rate", "4", "--clients", "4", "--report-dir", folder],
      );
      const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as DrillReport;
      expect(
        report.scenarios.map(({ name, verdict }) => [name, verdict]),
        output.slice(-6_000),
      ).to.deep.equal([
        ["switchover", "PASSED"],
        ["way-back", "PASSED"],
      ]);
      expect(code).to.equal(0);
      for (const { rpo, rto, moments } of report.scenarios) {
        expect(rpo).to.include({ accepted: 48, lost: 0, pending: 0, duplicated: 0 });
        expect(rto.settlementMs).to.be.a("number");
        expect(moments).to.include.keys("detectedMs", "leaseMovedMs", "promotedMs");
      }
      expect(readFileSync(join(folder, "index.html"), "utf8"))
        .to.include("against a deployed stack")
        .and.not.include("was emulated");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("what was accepted, refused and moved is in the audit log of the region where it was", async () => {
    const bucket = String((program.registered.find(({ name }) => name === "primary-objects-audit-bucket")?.state ?? {})["bucket"]);
    const audit = new AuditBucket(pair.regions[0], bucket);
    const accepted = await audit.find("acceptances", ({ detail }) => detail["idempotencyKey"] === "program-test-1");
    expect(accepted).to.include({ region: pair.regions[0].region, "detail-type": "Order Placed" });
    const refused = await audit.find("refusals", ({ detail }) => String(detail["reason"]).includes("symbol is missing"));
    expect(refused?.detail).to.include({ caller: TRADER_KEY, status: 400, accountId: "acc-1", refusedRegion: pair.regions[0].region });
    const moved = await audit.find("moves", (line) => line["detail-type"] === "Switchover Completed");
    expect(moved?.detail["summary"]).to.include("epoch 3");
  });

  it("a reference to what is not there fails, and says where", async () => {
    const broken = provision({ regions: pair.regions, publicUrl: "", program: join(__dirname, "broken-program.ts") });
    const error = await broken.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).to.contain('"dangling" in us-east-1: ResourceNotFoundException');
  });
});
