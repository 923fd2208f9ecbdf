import { Signer } from "@aws-sdk/rds-signer";
import { expect } from "chai";
import { Client } from "pg";
import { DatabaseDoor } from "../../../lab/region/servers/database-door";
import { tokenSigner, type Expected } from "../../../lab/region/servers/iam-token";
import { postgresTransport } from "../../../service/ledger/postgres-transport";
import { startLedgerServer, type LedgerServer } from "../../support/ledger-server";

const USER = "trade_service";
const REGION = "us-east-1";
const SECRETS: Readonly<Record<string, string>> = { ASIA1: "secret-1", ASIA2: "secret-2" };
const secretOf = (accessKeyId: string): string | undefined => SECRETS[accessKeyId];

const tokenFor = (
  change: Partial<{ port: number; username: string; region: string; key: string; secret: string }> = {},
): Promise<string> => {
  const { port = 5432, username = USER, region = REGION, key = "ASIA1", secret = SECRETS[key] ?? "" } = change;
  const credentials = { accessKeyId: key, secretAccessKey: secret };
  return new Signer({ hostname: "127.0.0.1", port, username, region, credentials }).getAuthToken();
};

describe("a token of IAM for the database", () => {
  /** A token is good by the clock of the moment, and the other suites may have run for minutes. */
  const expected = (laterMs = 0): Expected => ({
    address: "127.0.0.1:5432",
    user: USER,
    region: REGION,
    secretOf,
    now: Date.now() + laterMs,
  });

  it("tells who signed it", async () => {
    expect(tokenSigner(await tokenFor(), expected())).to.deep.equal({ accessKeyId: "ASIA1" });
  });

  const bad: [string, Parameters<typeof tokenFor>[0], number, string][] = [
    ["another address", { port: 5433 }, 0, "is for 127.0.0.1:5433"],
    ["another user", { username: "admin" }, 0, "not to connect as trade_service"],
    ["another region", { region: "us-east-2" }, 0, "rds-db in us-east-2"],
    ["a key that nobody has", { key: "ASIA9", secret: "x" }, 0, "key is not known"],
    ["another's secret", { secret: "secret-2" }, 0, "signature does not match"],
    ["a quarter of an hour ago", {}, 960_000, "has expired"],
  ];
  for (const [title, made, laterMs, refusal] of bad) {
    it(`is refused when it is for or of ${title}`, async () => {
      expect(JSON.stringify(tokenSigner(await tokenFor(made), expected(laterMs)))).to.contain(refusal);
    });
  }
});

describe("the door of the lab's database", function () {
  this.timeout(60_000);
  let ledger: LedgerServer;
  let door: DatabaseDoor;
  let port: number;

  before(async () => {
    ledger = await startLedgerServer();
    await ledger.pool.query(`CREATE ROLE ${USER} LOGIN`);
    const databasePort = (ledger.pool.options as { port: number }).port;
    door = new DatabaseDoor({
      databasePort,
      refusal: (address, user, token) => {
        const found = tokenSigner(token, { address, user, region: REGION, secretOf, now: Date.now() });
        if ("refusal" in found) return found.refusal;
        return found.accessKeyId === "ASIA1" ? undefined : "its role may not";
      },
    });
    port = await door.listen();
  });
  after(async () => {
    door?.close();
    await ledger?.stop();
  });

  const endpoint = (password: () => Promise<string>) => ({
    host: "127.0.0.1",
    port,
    user: USER,
    database: "trading",
    tls: false,
    password,
  });

  it("lets the service's own driver in by a token for each connection, as the user that it names", async () => {
    let tokens = 0;
    const transport = postgresTransport(
      endpoint(() => ((tokens += 1), tokenFor({ port }))),
      { connections: 2, connectMs: 2_000, answerMs: 5_000 },
    );
    const who = await Promise.all([transport.statement("SELECT current_user"), transport.statement("SELECT pg_sleep(0.1), current_user")]);
    expect(who.map(([row]) => row?.at(-1))).to.deep.equal([USER, USER]);
    expect(tokens).to.equal(2);
    await transport.close();
  });

  for (const [title, password] of [
    ["without a token", async () => "secret"],
    ["with the token of a role that may not", () => tokenFor({ port, key: "ASIA2" })],
  ] as const) {
    it(`refuses who comes ${title}`, async () => {
      const client = new Client({ ...endpoint(password), ssl: false });
      let refusal = "";
      await client.connect().catch((error: Error) => (refusal = error.message));
      expect(refusal).to.equal(`PAM authentication failed for user "${USER}"`);
    });
  }
});
