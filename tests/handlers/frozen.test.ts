import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { trade } from "../support/trades";

/** A function is frozen between two invocations, and the services end its idle connections meanwhile: it learns that at the first use. */
describe("after the function was frozen", function () {
  this.timeout(30_000);
  const untouched = { ...process.env };
  let service: Server;
  let url: string;
  let served: string[];
  let resets: number;
  const connections = new Set<Socket>();
  let ended: WeakSet<Socket>;
  const freeze = (): void => connections.forEach((connection) => ended.add(connection));

  beforeEach(async () => {
    served = [];
    resets = 0;
    connections.clear();
    ended = new WeakSet();
    service = createServer((request, response) => {
      if (ended.has(request.socket)) {
        resets += 1;
        request.socket.resetAndDestroy();
        return;
      }
      connections.add(request.socket);
      served.push(request.headers["x-amz-target"]?.toString() ?? request.url ?? "");
      request.resume().on("end", () => {
        const answer = { transactionId: "t", Successful: [], Failed: [], Attributes: {}, records: [[{ longValue: 3 }]] };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: url,
      LEDGER_CLUSTER_ARN: "arn:aws:rds:us-east-1:123456789012:cluster:ledger",
      LEDGER_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ledger",
      LEDGER_DATABASE: "trading",
    });
  });
  afterEach(() => {
    service.closeAllConnections();
    service.close();
    process.env = { ...untouched };
  });

  it("a trade is queued all the same, in its own region and in the other one", async () => {
    const { ownQueue, peerQueue } = await import("../../handlers/adapters/trade-queue");
    const own = ownQueue({ AWS_REGION: "us-east-1", TRADE_QUEUE_URL: `${url}/1/trades` });
    const peer = peerQueue({ AWS_REGION: "us-east-1", PEER_REGION: "us-east-2", PEER_TRADE_QUEUE_URL: `${url}/1/peer` });
    const both = async () => {
      await own.send([trade(1)]);
      await peer.sendTo("us-east-2", [trade(1)]);
    };
    await both();
    freeze();
    await both();
    expect([served.length, resets]).to.deep.equal([4, 2]);
  });

  it("the region is not called unfit", async () => {
    const { acceptanceChecks } = await import("../../handlers/adapters/acceptance");
    const [, queue] = acceptanceChecks(
      { AWS_REGION: "us-east-1", TRADE_QUEUE_URL: `${url}/1/trades` },
      { journal: { get: async () => undefined } },
      3_000,
    );
    await queue?.run();
    freeze();
    await queue?.run();
    expect([served.length, resets]).to.deep.equal([2, 1]);
  });

  it("a transaction is begun all the same; once begun, an end of the connection ends it", async () => {
    const { RDSDataClient } = await import("@aws-sdk/client-rds-data");
    const { limits } = await import("../../handlers/adapters/clients");
    const { inTransaction } = await import("../../handlers/adapters/data-api");
    const client = new RDSDataClient(limits(2_000, 1));
    const target = { resourceArn: "cluster", secretArn: "secret", database: "trading" };
    const one = () => inTransaction(client, target, (run) => run("SELECT 1"));
    await one();
    freeze();
    expect(await one()).to.deep.equal([[3]]);
    expect(resets).to.equal(1);
    const broken = inTransaction(client, target, async (run) => {
      freeze();
      return run("SELECT 1");
    });
    expect(await broken.catch((error: Error & { code?: string }) => error.code)).to.equal("ECONNRESET");
    client.destroy();
  });
});
