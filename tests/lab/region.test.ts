import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { zip } from "../../lab/provision/zip";
import type { RegionPair } from "../../lab/region/pair";
import type { RegionProcess } from "../../lab/region/region-process";
import { ensureLambdaNode } from "../../lab/setup/lambda-node";
import { clientConfig as config, somePair, wire } from "../support/lab-pair";

/** Which of these processes live; one that has ended and was not yet collected does not. */
function living(pids: readonly number[]): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,stat="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const running = new Set(rows.filter(([, state = "Z"]) => !state.startsWith("Z")).map(([pid]) => Number(pid)));
  return pids.filter((pid) => running.has(pid));
}

describe("two local regions", function () {
  this.timeout(120_000);
  let pair: RegionPair;
  let east: RegionProcess;
  let other: RegionProcess;

  before(async () => {
    pair = await somePair();
    [east, other] = pair.regions;
    await pair.start();
    for (const region of pair.regions) await wire(region);
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
