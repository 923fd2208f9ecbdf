import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import dynalite from "dynalite";
import { asking, type Ask } from "../../conformance/exchange";
import { conformance } from "../../conformance/run";
import { dataApi } from "../../handlers/adapters/data-api";
import { ledgerPostgres } from "../../handlers/adapters/ledger-postgres";
import { leaseStore } from "../../handlers/adapters/lease-store";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { claimFreePorts, type PortBlock } from "../../lab/setup/ports";
import { bundleService } from "../../scripts/lib/bundle";
import { awsServices, type AwsServices } from "../support/aws-services";
import { startLedgerServer, type LedgerServer } from "../support/ledger-server";

const ACCOUNT = "acc-1";
const TRADES = 60;
/** What ECS and systemd give a server before they kill it. */
const KILLED_AFTER_MS = 30_000;

const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
const key = (AttributeName: string, KeyType: "HASH" | "RANGE") => ({ AttributeName, KeyType });

/** The server as it is shipped, in a process of its own, between a real PostgreSQL, DynamoDB's rules and queues in memory. */
describe("the service as a process", function () {
  this.timeout(120_000);
  const tables = dynalite({ createTableMs: 0 });
  let dynamo: DynamoDBClient;
  let ledger: LedgerServer;
  let aws: AwsServices;
  let ports: PortBlock;
  let environment: Record<string, string>;
  let bundle: string;
  let url: string;
  let ask: Ask;
  let server: ChildProcess | undefined;
  let output: string;

  before(async () => {
    [bundle, ledger, aws, ports] = await Promise.all([bundleService(), startLedgerServer(), awsServices(), claimFreePorts(1)]);
    tables.listen(0, "127.0.0.1");
    await once(tables, "listening");
    const tablesUrl = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    dynamo = new DynamoDBClient({ region: "us-east-1", endpoint: tablesUrl, credentials });
    const make = (TableName: string, hash: string, names: string[] = [], indexes: [string, string, string][] = []) =>
      dynamo.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [hash, ...names].map(string),
          KeySchema: [key(hash, "HASH")],
          GlobalSecondaryIndexes:
            indexes.length === 0
              ? undefined
              : indexes.map(([IndexName, partition, sort]) => ({
                  IndexName,
                  KeySchema: [key(partition, "HASH"), key(sort, "RANGE")],
                  Projection: { ProjectionType: "ALL" },
                })),
        }),
      );
    await make(
      "journal",
      "tradeId",
      ["pendingShard", "settledShard", "accountId", "acceptedAt", "settledAt"],
      [
        ["pending", "pendingShard", "acceptedAt"],
        ["settled", "settledShard", "settledAt"],
        ["byAccount", "accountId", "acceptedAt"],
      ],
    );
    await make("lease", "leaseId");
    await make("sessions", "id");
    await leaseStore(DynamoDBDocumentClient.from(dynamo), "lease").create("us-east-1");
    const own = ledgerPostgres(dataApi(ledger.client, ledger.database), "us-east-1");
    await own.migrate();
    await own.raiseFence(1);
    const { host, port, database } = ledger.pool.options as { host: string; port: number; database: string };
    environment = {
      PATH: process.env.PATH ?? "",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: tablesUrl,
      METRICS_NAMESPACE: "TradeFailover/test",
      API_AUTH: "none",
      CALLERS: "[]",
      HOST: "127.0.0.1",
      PORT: String(ports.base),
      PEER_REGION: "us-west-2",
      LEASE_TABLE: "lease",
      JOURNAL_TABLE: "journal",
      SESSIONS_TABLE: "sessions",
      SESSION_SECONDS: "600",
      TRADE_QUEUE_URL: aws.queueUrl,
      PEER_TRADE_QUEUE_URL: aws.queueUrl,
      AUDIT_BUCKET: "audit",
      EVENT_BUS_NAME: "trades",
      LEDGER_HOST: host,
      LEDGER_PORT: String(port),
      LEDGER_DATABASE: database,
      LEDGER_ENGINE: "aurora-postgresql",
      LEDGER_TLS: "off",
    };
    url = `http://127.0.0.1:${ports.base}`;
    ask = asking(url, {});
  });
  after(async () => {
    dynamo?.destroy();
    tables.close();
    aws?.close();
    ports?.release();
    await ledger?.stop();
  });
  afterEach(() => {
    server?.kill("SIGKILL");
    server = undefined;
  });

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    output = "";
    const child = spawn(process.execPath, [bundle], {
      env: { ...environment, ...changes },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: join(__dirname),
    });
    server = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('"the server listens"')) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return child;
  }

  const submit = async (n: string): Promise<number> => {
    const body = JSON.stringify({ accountId: ACCOUNT, symbol: "AMZN", side: "buy", quantity: 1, price: "2" });
    const headers = { "content-type": "application/json", "idempotency-key": n };
    return (await ask({ method: "POST", path: "/trades", headers, body })).status;
  };
  const settled = async (): Promise<number> =>
    (await ledger.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM trades WHERE account_id = $1", [ACCOUNT])).rows[0]
      ?.count ?? 0;

  it("keeps the platform's contract, to the settlement in the ledger", async () => {
    await start({ REQUIRED_SESSIONS_TABLE: "sessions" });
    const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const findings = await conformance({ ask, account: "conformance", run: "process", authenticated: false, pause });
    expect(
      findings.filter(({ result }) => result === "broken"),
      output,
    ).to.deep.equal([]);
    // It asks nobody who he is: the rules about that can't be judged.
    expect(findings.flatMap((finding) => (finding.result === "skipped" ? [finding.why] : []))).to.deep.equal([
      "no --header with credentials was given",
      "no --foreign-account was given",
      "no --header with credentials was given",
    ]);
    expect(aws.events.length, "what was settled was announced").to.be.greaterThan(0);
    expect(aws.objects.size, "and is in the audit log").to.be.greaterThan(0);
  });

  it("is stopped under load without losing or refusing a trade, well before it would be killed", async () => {
    const child = await start();
    const statuses: number[] = [];
    const load = (async () => {
      for (let n = 0; n < TRADES; n++) {
        statuses.push(await submit(`load-${n}`));
        if (n === TRADES / 2) child.kill("SIGTERM");
      }
    })();
    await load;
    const stopping = performance.now();
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code, output).to.equal(0);
    expect(performance.now() - stopping).to.be.lessThan(KILLED_AFTER_MS);
    expect(statuses.filter((status) => status !== 202)).to.deep.equal([]);
    expect(
      (await settled()) + new Set(aws.messages.map(({ body }) => body)).size,
      "each is in the ledger or still in the queue",
    ).to.be.at.least(TRADES);
    await start();
    while ((await settled()) < TRADES) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await settled()).to.equal(TRADES);
  });

  it("names every variable that is missing before it listens", async () => {
    const child = spawn(process.execPath, [bundle], { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).to.equal(1);
    expect(said).to.contain("LEDGER_HOST is missing").and.to.contain("API_AUTH is missing");
  });
});
