import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markAsset, readArchive } from "../../lab/provision/assets";
import { answerCall } from "../../lab/provision/calls";
import { stackConfig } from "../../scripts/lib/stack-config";
import type { Place, RealizeContext } from "../../lab/provision/context";
import { localEnvironment } from "../../lab/provision/realize/lambda";
import { frequentTarget } from "../../lab/provision/realize/scheduler";
import { recorded } from "../../lab/provision/recorded";
import { programSimulated } from "../../lab/provision/simulated";
import { wiringOf } from "../../lab/provision/wiring";
import { zip } from "../../lab/provision/zip";
import type { Registered } from "../../lab/types";

const PRIMARY: Place = { site: "primary", region: "us-east-1", endpoint: "http://127.0.0.1:1001" };
const STANDBY: Place = { site: "standby", region: "us-east-2", endpoint: "http://127.0.0.1:1002" };

const item = (type: string, region: string, inputs: Record<string, unknown>): Registered => {
  const { id, state } = recorded(type, region, "thing", inputs);
  return { urn: "urn", type, name: "thing", region, inputs, id, state: { ...inputs, ...state }, realized: false };
};

describe("lab program: from registrations to wiring", () => {
  const busTwo = "arn:aws:events:us-east-2:000000000000:event-bus/trades-two";
  const all = [
    item("aws:dynamodb/table:Table", "us-east-1", {
      name: "journal",
      hashKey: "tradeId",
      attributes: [{ name: "tradeId", type: "S" }],
      replicas: [{ regionName: "us-east-2", consistencyMode: "STRONG" }],
    }),
    item("aws:dynamodb/table:Table", "us-east-1", {
      name: "sessions",
      hashKey: "id",
      attributes: [],
      pointInTimeRecovery: { enabled: true },
      replicas: [{ regionName: "us-east-2" }],
    }),
    item("aws:dynamodb/table:Table", "us-east-1", { name: "local", hashKey: "id", attributes: [] }),
    item("aws:rds/globalCluster:GlobalCluster", "us-east-1", { globalClusterIdentifier: "ledger", databaseName: "trading" }),
    item("aws:rds/cluster:Cluster", "us-east-1", {
      clusterIdentifier: "ledger-one",
      engine: "aurora-postgresql",
      engineVersion: "16.8",
      backupRetentionPeriod: 7,
      storageEncrypted: true,
      deletionProtection: true,
    }),
    item("aws:rds/cluster:Cluster", "us-east-2", { clusterIdentifier: "ledger-two" }),
    item("aws:cloudwatch/eventTarget:EventTarget", "us-east-1", { rule: "forward", arn: busTwo }),
    item("aws:cloudwatch/eventTarget:EventTarget", "us-east-1", { rule: "forward-alarm", arn: busTwo }),
    item("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "us-east-1", {
      bucket: "audit-one",
      rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::audit-two" } }],
    }),
  ];

  it("tells each front what its API takes in, and what it says to the rest", () => {
    const gateway = [
      { ...item("aws:apigateway/resource:Resource", "us-east-1", { pathPart: "trades" }), id: "r1", state: { path: "/trades" } },
      item("aws:apigateway/method:Method", "us-east-1", { resourceId: "r1", httpMethod: "POST", authorization: "AWS_IAM" }),
      item("aws:apigateway/method:Method", "us-east-1", { resourceId: "r1", httpMethod: "GET", authorization: "NONE" }),
      item("aws:apigateway/methodSettings:MethodSettings", "us-east-1", {
        settings: { throttlingRateLimit: 80, throttlingBurstLimit: 160 },
      }),
      {
        ...item("aws:lambda/function:Function", "us-east-1", { name: "trade-intake-dev", reservedConcurrentExecutions: 8 }),
        name: "primary-api-trade-intake-function",
      },
      item("aws:apigateway/response:Response", "us-east-1", {
        responseType: "THROTTLED",
        statusCode: "429",
        responseTemplates: { "application/json": '{"detail":$context.error.messageString}' },
        responseParameters: { "gatewayresponse.header.Retry-After": "'1'" },
      }),
    ];
    const { limits, responses, signed } = wiringOf(gateway, PRIMARY).api;
    expect(signed).to.deep.equal(["POST /trades"]);
    expect(limits).to.deep.equal({ throttling: { rate: 80, burst: 160 }, intakeConcurrency: 8 });
    expect(responses?.[0]).to.deep.include({ type: "THROTTLED", status: "429", headers: { "retry-after": "1" } });
    expect(wiringOf(gateway, STANDBY).api).to.deep.include({ limits: {}, responses: [], signed: [] });
  });

  it("tells each front its tables, cluster, bucket and forwarding", () => {
    const primary = wiringOf(all, PRIMARY);
    expect(primary.mrscTables.map((table) => table["TableName"])).to.deep.equal(["journal"]);
    expect(primary.mrecTables).to.deep.equal({ sessions: "id" });
    const { resourceId, ...aurora } = primary.aurora;
    expect(resourceId).to.match(/^cluster-[0-9A-Z]{26}$/);
    expect(aurora).to.deep.equal({
      globalClusterId: "ledger",
      clusterIdentifier: "ledger-one",
      clusterArn: "arn:aws:rds:us-east-1:000000000000:cluster:ledger-one",
      database: "trading",
      settings: {
        Engine: "aurora-postgresql",
        EngineVersion: "16.8",
        BackupRetentionPeriod: 7,
        StorageEncrypted: true,
        IAMDatabaseAuthenticationEnabled: false,
        DeletionProtection: true,
      },
    });
    expect(primary.recoverableTables).to.deep.equal(["sessions"]);
    expect(primary.bucketReplication).to.deep.equal({ "audit-one": "audit-two" });
    expect(primary.eventForwarding.map((one) => one.busName)).to.deep.equal(["trades-two"]);
    const standby = wiringOf(all, STANDBY);
    expect(standby.recoverableTables).to.deep.equal([]);
    expect(standby.mrscTables).to.have.lengthOf(1);
    expect(standby.aurora.clusterIdentifier).to.equal("ledger-two");
    expect(standby.eventForwarding).to.deep.equal([]);
  });

  it("a function's calls to the other region's queue go through its own front, the public name to the lab's", () => {
    const context = {
      place: PRIMARY,
      places: [PRIMARY, STANDBY],
      publicName: { from: "https://trades.example.test", to: "http://127.0.0.1:1000" },
    };
    const environment = localEnvironment(context as unknown as RealizeContext, {
      PEER_TRADE_QUEUE_URL: "http://127.0.0.1:1002/000000000000/trades",
      COMPUTED_QUEUE_URL: "https://sqs.us-east-2.amazonaws.com/000000000000/trades",
      PEER_URL: "https://x.execute-api.us-east-2.amazonaws.com/v1",
      PUBLIC_URL: "https://trades.example.test/v1",
    });
    expect(environment).to.deep.equal({
      PEER_TRADE_QUEUE_URL: "http://127.0.0.1:1001/000000000000/trades",
      COMPUTED_QUEUE_URL: "http://127.0.0.1:1001/000000000000/trades",
      PEER_URL: "http://127.0.0.1:1002/restapis/x/v1/_user_request_",
      PUBLIC_URL: "http://127.0.0.1:1000/v1",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1001",
    });
  });

  it("starts schedules of minutes at once, not those of hours, not disabled ones", () => {
    const schedule = (scheduleExpression: string, state = "ENABLED"): Registered =>
      item("aws:scheduler/schedule:Schedule", "us-east-1", {
        scheduleExpression,
        state,
        target: { arn: "arn:aws:lambda:us-east-1:000000000000:function:sentinel", input: "{}" },
      });
    expect(frequentTarget(schedule("rate(1 minute)"))?.input).to.equal("{}");
    expect(frequentTarget(schedule("rate(1 hour)"))).to.equal(undefined);
    expect(frequentTarget(schedule("rate(1 minute)", "DISABLED"))).to.equal(undefined);
  });
});

describe("lab program: what the program is given", () => {
  it("renders policy documents as the provider does, and refuses functions that it does not know", () => {
    const answer = answerCall("aws:iam/getPolicyDocument:getPolicyDocument", "us-east-1", {
      statements: [
        {
          actions: ["sqs:SendMessage"],
          resources: ["a", "b"],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: ["x"] }],
        },
      ],
    });
    expect(JSON.parse(String(answer["json"]))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: ["a", "b"],
          Principal: { Service: "events.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": "x" } },
        },
      ],
    });
    expect(() => answerCall("aws:ec2/getInstances:getInstances", "us-east-1", {})).to.throw("getInstances");
  });

  it("reads a stack's configuration with overrides, and packs code that unpacks to the same bytes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "registrations-"));
    try {
      const stack = join(folder, "Pulumi.x.yaml");
      writeFileSync(stack, "config:\n  p:suffix: dev\n  p:zones: 3\n  p:tags: {a: b}\n");
      expect(stackConfig(stack, { "p:zones": undefined, "p:domainName": "d" })).to.deep.equal({
        "p:suffix": "dev",
        "p:tags": '{"a":"b"}',
        "p:domainName": "d",
      });

      writeFileSync(join(folder, "index.mjs"), "export const handler = 1;\n".repeat(1000));
      const files = await readArchive(
        markAsset({ archive: { "index.mjs": { file: join(folder, "index.mjs") }, "lib/note.txt": { text: "é" } } }),
      );
      if (Buffer.isBuffer(files)) throw new Error("expected files");
      const bytes = zip(files);
      expect(bytes.equals(zip(files))).to.equal(true);
      writeFileSync(join(folder, "code.zip"), bytes);
      const listed = execFileSync("python3", [
        "-c",
        "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nprint(z.testzip(),[(i.filename,i.file_size) for i in z.infolist()])",
        join(folder, "code.zip"),
      ]);
      expect(listed.toString().trim()).to.equal("None [('index.mjs', 26000), ('lib/note.txt', 2)]");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("lab program: what has no behaviour here", () => {
  it("is recorded with what others refer to, and the report names it", () => {
    const acl = item("aws:wafv2/webAcl:WebAcl", "us-east-1", { name: "api" });
    expect(acl.state["arn"]).to.match(/^arn:aws:wafv2:us-east-1:000000000000:regional\/webacl\/api\/[0-9a-f]{8}$/);
    const down = item("aws:cloudwatch/compositeAlarm:CompositeAlarm", "us-east-1", { alarmName: "down" });
    expect(down.state).to.include({ alarmName: "down", arn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:down" });
    const zone = item("aws:route53/zone:Zone", "us-east-1", { name: "example.test" });
    expect(zone.state["nameServers"]).to.have.lengthOf(4);
    const account = item("aws:apigateway/account:Account", "us-east-1", { cloudwatchRoleArn: "role" });
    const told = programSimulated([acl, down, zone, account]).join("\n");
    for (const type of ["wafv2.WebAcl", "cloudwatch.CompositeAlarm", "route53.Zone", "apigateway.Account"]) expect(told).to.include(type);
  });
});
