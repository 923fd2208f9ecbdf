import {
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from "@aws-sdk/client-rds";
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { zip } from "../../lab/provision/zip";
import type { RegionPair } from "../../lab/region/pair";
import type { RegionProcess } from "../../lab/region/region-process";
import { ensureLambdaNode } from "../../lab/setup/lambda-node";
import { arnOf, GLOBAL_CLUSTER, somePair, wire } from "../support/lab-pair";

const config = ({ region, endpoint }: RegionProcess, as = region) => ({
  region: as,
  endpoint,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
});

const target = (region: RegionProcess) => ({
  resourceArn: arnOf(region.region),
  secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:ledger",
  database: "trading",
});

/** Which of these processes live; one that has ended and was not yet collected does not. */
function living(pids: readonly number[]): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,stat="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const running = new Set(rows.filter(([, state = "Z"]) => !state.startsWith("Z")).map(([pid]) => Number(pid)));
  return pids.filter((pid) => running.has(pid));
}

async function nameOfError(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

describe("two local regions", function () {
  this.timeout(120_000);
  let pair: RegionPair;
  let east: RegionProcess;
  let other: RegionProcess;

  const run = async (region: RegionProcess, sql: string, parameters: SqlParameter[] = [], transactionId?: string) =>
    await new RDSDataClient(config(region)).send(new ExecuteStatementCommand({ ...target(region), sql, parameters, transactionId }));
  const ids = async (region: RegionProcess): Promise<number[]> => {
    const client = new Client(pair.postgres(region));
    await client.connect();
    const { rows } = await client.query<{ id: number }>("select id from noted order by id");
    await client.end();
    return rows.map(({ id }) => id);
  };
  const writerIs = async (region: RegionProcess): Promise<void> => {
    while (pair.globalDatabase.view().status !== "available" || pair.globalDatabase.writerRegion() !== region.region) await sleep(20);
  };
  const failover = async (to: RegionProcess): Promise<void> => {
    const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(to.region), AllowDataLoss: true };
    await new RDSClient(config(to)).send(new FailoverGlobalClusterCommand(command));
    await writerIs(to);
  };

  before(async () => {
    pair = await somePair();
    [east, other] = pair.regions;
    await pair.start();
    for (const region of pair.regions) await wire(region);
    await run(east, "create table noted (id int primary key, what text, at timestamptz default now())");
    await run(east, "insert into noted (id) values (1)");
  });
  after(async () => {
    await pair.close();
  });

  it("a call signed for the other region crosses the link and is answered there", async () => {
    const here = new SQSClient({ ...config(east, other.region), useQueueUrlAsEndpoint: false });
    await here.send(new CreateQueueCommand({ QueueName: "there" }));
    const there = new SQSClient({ ...config(other), useQueueUrlAsEndpoint: false });
    const QueueUrl = `${other.endpoint}/000000000000/there`;
    await here.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
    expect((await there.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.Body).to.equal("hello");
  });

  it("functions run on Lambda's own major version of Node.js, whatever the host has", async () => {
    const lambda = new LambdaClient(config(east));
    const code = "export const handler = async () => process.versions.node;";
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "version",
        Role: "arn:aws:iam::000000000000:role/version",
        Handler: "index.handler",
        Runtime: "nodejs22.x",
        Code: { ZipFile: zip(new Map([["index.mjs", Buffer.from(code)]])) },
      }),
    );
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "version" }));
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).to.equal(ensureLambdaNode(() => undefined).version);
  });

  it("the Data API runs transactions on the writer, and none on a reader", async () => {
    const client = new RDSDataClient(config(east));
    const { transactionId } = await client.send(new BeginTransactionCommand(target(east)));
    const id = { name: "id", value: { longValue: 2 } };
    await run(east, "insert into noted (id, what) values (:id, ':id is no parameter here')", [id], transactionId);
    const elsewhere = await run(east, "select count(*) from noted");
    expect(elsewhere.records).to.deep.equal([[{ longValue: 1 }]]);
    await client.send(new CommitTransactionCommand({ ...target(east), transactionId }));
    const { records } = await run(east, "select id, what, cast(:n as numeric), null from noted where id = :id", [
      id,
      { name: "n", value: { stringValue: "1.50" } },
    ]);
    expect(records).to.deep.equal([
      [{ longValue: 2 }, { stringValue: ":id is no parameter here" }, { stringValue: "1.50" }, { isNull: true }],
    ]);

    const undone = await client.send(new BeginTransactionCommand(target(east)));
    await run(east, "insert into noted (id) values (99)", [], undone.transactionId);
    await client.send(new RollbackTransactionCommand({ ...target(east), transactionId: undone.transactionId }));
    expect(await ids(east)).to.deep.equal([1, 2]);
    expect(await nameOfError(run(east, "select 1", [], undone.transactionId))).to.equal("TransactionNotFoundException");
    expect(await nameOfError(run(east, "insert into noted (id) values (2)"))).to.equal("DatabaseErrorException");
    expect(await nameOfError(run(east, "select :missing"))).to.equal("BadRequestException");
    expect(await nameOfError(run(other, "select 1"))).to.equal("DatabaseUnavailableException");
  });

  it("the Data API refuses a result of a type that AWS does not list, and knows an enumeration", async () => {
    for (const type of ["void", "regtype", "timestamptz", "text[]", "char"]) {
      const sql = type === "void" ? "select pg_advisory_xact_lock(1)" : `select null::"${type}"`.replace('"text[]"', "text[]");
      expect(await nameOfError(run(east, sql)), type).to.equal("UnsupportedResultException");
    }
    await run(east, "create type mood as enum ('calm')");
    expect((await run(east, "select 'calm'::mood, 1.50::numeric, 2::int2, true")).records).to.deep.equal([
      [{ stringValue: "calm" }, { stringValue: "1.50" }, { longValue: 2 }, { booleanValue: true }],
    ]);
  });

  it("a move is called where AWS wants it called, and only on what is there", async () => {
    const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(other.region) };
    const wrongRegion = new RDSClient(config(east)).send(new FailoverGlobalClusterCommand({ ...command, AllowDataLoss: true }));
    expect(await nameOfError(wrongRegion)).to.equal("InvalidParameterValue");
    const unknown = new RDSClient(config(east)).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: "none" }));
    expect(await nameOfError(unknown)).to.equal("GlobalClusterNotFoundFault");
  });

  it("a switchover loses nothing, and the old writer follows at once", async () => {
    await run(east, "insert into noted (id) values (3)");
    const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(other.region) };
    // Called from the target's region, signed for the writer's: as the platform's own functions do.
    await new RDSClient(config(other, east.region)).send(new SwitchoverGlobalClusterCommand(command));
    await writerIs(other);
    expect(await ids(other)).to.deep.equal([1, 2, 3]);
    await pair.globalDatabase.settled(10_000);
    expect(await nameOfError(run(east, "select 1"))).to.equal("DatabaseUnavailableException");
  });

  it("a crash loses what was on its way; the old writer comes back stale, takes writes, and is rebuilt", async () => {
    await run(other, "insert into noted (id) values (4)");
    await sleep(1_500);
    await run(other, "insert into noted (id) values (5)");
    await other.kill();
    expect(await other.processes()).to.deep.equal([]);
    await failover(east);
    expect(await ids(east)).to.deep.equal([1, 2, 3, 4]);

    await other.start();
    await wire(other);
    await run(other, "insert into noted (id) values (6)");
    expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    await run(east, "insert into noted (id) values (7)");
    await pair.globalDatabase.settled(20_000);
    await sleep(1_500);
    expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7]);
  });

  it("a frozen region hangs and does not refuse; thawed, it takes writes that are lost when it is rebuilt", async () => {
    await east.freeze();
    expect(await nameOfError(run(east, "select 1"))).to.equal("TimeoutError");
    await failover(other);
    await east.thaw();
    await run(east, "insert into noted (id) values (8)");
    await pair.globalDatabase.settled(20_000);
    expect(await ids(east)).to.deep.equal([1, 2, 3, 4, 7]);
  });

  it("a region that is cut off is given up, and rebuilt when its links are mended", async () => {
    await pair.setLinks(other, "cut");
    expect(await nameOfError(new RDSClient(config(other)).send(new DescribeGlobalClustersCommand({})))).to.equal("ServiceUnavailable");
    await failover(east);
    await run(other, "insert into noted (id) values (9)");
    await sleep(2_500);
    expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7, 9]);
    await pair.setLinks(other, "whole");
    await sleep(500);
    await pair.globalDatabase.settled(20_000);
    expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7]);
  });

  it("a database that was killed alone stays down until it is started, and goes on with what it had", async () => {
    await pair.killDatabase(east);
    expect(await nameOfError(run(east, "select 1"))).to.equal("DatabaseUnavailableException");
    await pair.startDatabase(east);
    await run(east, "insert into noted (id) values (10)");
    expect(await ids(east)).to.deep.equal([1, 2, 3, 4, 7, 10]);
  });

  it("messages of a queue's last moments come back with their region", async () => {
    const client = new SQSClient({ ...config(east), useQueueUrlAsEndpoint: false });
    const queue = { QueueName: "trades" };
    const QueueUrl = `${east.endpoint}/000000000000/trades`;
    await client.send(new CreateQueueCommand(queue));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "not yet handled" }));
    await east.kill();
    await east.start();
    await client.send(new CreateQueueCommand(queue));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    expect(Messages?.map(({ Body }) => Body)).to.deep.equal(["not yet handled"]);
  });

  it("nothing of it survives its end", async () => {
    const pids = (await Promise.all(pair.regions.map((region) => region.processes()))).flat();
    expect(pids.length).to.be.greaterThan(10);
    await other.freeze();
    await pair.close();
    expect(living(pids)).to.deep.equal([]);
  });

  it("nothing survives a lab that is killed, not even a region that was stopped", async () => {
    const directory = mkdtempSync(join(tmpdir(), "trade-failover-abandoned-"));
    const lab = spawn(process.execPath, ["--import", "tsx", join(__dirname, "abandoned-lab.ts"), directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const pids = await new Promise<number[]>((resolve, reject) => {
        lab.stdout.once("data", (line: Buffer) => resolve(JSON.parse(line.toString()) as number[]));
        lab.once("exit", (code) => reject(new Error(`the lab ended with ${code}`)));
      });
      expect(pids.length).to.be.greaterThan(10);
      lab.kill("SIGKILL");
      for (let look = 0; look < 100 && living(pids).length > 0; look++) await sleep(100);
      expect(living(pids)).to.deep.equal([]);
    } finally {
      lab.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
