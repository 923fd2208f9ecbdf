import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { MREC_LAG_MS, Replication } from "../../lab/cross-region/replication";
import type { Wiring } from "../../lab/types";

interface Call {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const ITEM = { id: { S: "session:digest" }, caller: { S: "desk" } };
const LONG_MS = MREC_LAG_MS * 3;

describe("a table with eventual consistency, in the lab", () => {
  let servers: Server[];
  let asked: Record<"here" | "there", Call[]>;
  let replication: Replication;

  beforeEach(async () => {
    asked = { here: [], there: [] };
    const listen = async (where: "here" | "there"): Promise<number> => {
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
          asked[where].push({ operation, body: JSON.parse(body) as Call["body"] });
          response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ Item: ITEM }));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      servers.push(server);
      return (server.address() as AddressInfo).port;
    };
    servers = [];
    const [emulatorPort, peerPort] = [await listen("here"), await listen("there")];
    replication = new Replication({ region: "us-east-1", peerRegion: "us-east-2", emulatorPort, peerPort });
    replication.wire({ mrecTables: { sessions: "id" }, eventForwarding: [] } as unknown as Wiring);
  });
  afterEach(() => {
    replication.close();
    for (const server of servers) server.close();
  });

  const copies = async (): Promise<readonly Call[]> => {
    for (const end = performance.now() + LONG_MS; asked.there.length === 0 && performance.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return asked.there;
  };

  for (const [what, operation, request] of [
    ["a new item", "PutItem", { TableName: "sessions", Item: ITEM }],
    ["a change of one", "UpdateItem", { TableName: "sessions", Key: { id: ITEM.id } }],
  ] as const)
    it(`copies ${what} by its key, late`, async () => {
      replication.dynamodb(operation, request);
      expect(asked.there).to.deep.equal([]);
      const [copy] = await copies();
      expect(asked.here.map((call) => [call.operation, call.body.Key])).to.deep.equal([["GetItem", { id: ITEM.id }]]);
      expect(copy).to.deep.include({ operation: "PutItem" });
      expect(copy?.body).to.deep.include({ TableName: "sessions", Item: ITEM });
    });

  it("loses with its region what had not left it, and copies no other table", async () => {
    replication.dynamodb("PutItem", { TableName: "journal", Item: ITEM });
    replication.dynamodb("PutItem", { TableName: "sessions", Item: ITEM });
    replication.close();
    expect(await copies()).to.deep.equal([]);
  });
});
