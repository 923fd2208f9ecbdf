import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import dynalite from "dynalite";
import { SESSIONS } from "../../contract/tables";
import { openSessions } from "../../handlers/adapters/open-sessions";
import { sessions } from "../../handlers/adapters/sessions";

const FIRST = Date.parse("2030-01-01T00:00:00.000Z");
const iso = (n: number): string => new Date(FIRST + n * 1_000).toISOString();

describe("the sessions table, with DynamoDB's own rules", function () {
  this.timeout(30_000);
  const server = dynalite({ createTableMs: 0 });
  const name = "sessions";
  let client: DynamoDBDocumentClient;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const raw = new DynamoDBClient({
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await raw.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: SESSIONS.key, AttributeType: "S" }],
        KeySchema: [{ AttributeName: SESSIONS.key, KeyType: "HASH" }],
      }),
    );
    client = DynamoDBDocumentClient.from(raw);
  });
  after(() => {
    client.destroy();
    server.close();
  });

  it("an account keeps its latest trade, in whatever order they arrive", async () => {
    const store = sessions({ AWS_REGION: "us-east-1", SESSIONS_TABLE: name }, client);
    await store.touch("acc", "newer", iso(5));
    await store.touch("acc", "older", iso(4));
    const { Item } = await client.send(new GetCommand({ TableName: name, Key: { id: "account:acc" } }));
    expect(Item).to.include({ lastTradeId: "newer", lastTradeAt: iso(5) });
  });

  it("an open session is found by its digest, apart from what accounts keep, and deleted by DynamoDB when it is over", async () => {
    const store = openSessions<"sessions.open" | "sessions.check">(
      { AWS_REGION: "us-east-1", REQUIRED_SESSIONS_TABLE: name, SESSION_SECONDS: 60 },
      client,
    );
    const session = { caller: "desk", expiresAt: 1_900_000_000, openedRegion: "us-east-1" };
    await store?.open("digest", session);
    expect(await store?.find("digest")).to.include(session);
    expect(await store?.find("another")).to.equal(undefined);
    const { Item } = await client.send(new GetCommand({ TableName: name, Key: { id: "session:digest" } }));
    expect(Item?.[SESSIONS.expiry], "what TTL looks at").to.equal(session.expiresAt);
    expect(openSessions<"sessions.check">({ AWS_REGION: "us-east-1", REQUIRED_SESSIONS_TABLE: undefined }, client)).to.equal(undefined);
  });
});
