import { Signer } from "@aws-sdk/rds-signer";
import { expect } from "chai";
import { createConnection } from "mysql2/promise";
import { DatabaseDoor } from "../../../lab/region/ledger/database-door";
import { tokenSigner, type Expected } from "../../../lab/region/ledger/iam-token";
import { findMariadb } from "../../../lab/setup/mariadb";
import type { LedgerEngine } from "../../../lab/setup/ledger";
import type { ClosableTransport, LedgerEndpoint, PoolLimits } from "../../../service/ledger/endpoint";
import { mysqlTransport } from "../../../service/ledger/mysql-transport";
import { postgresTransport } from "../../../service/ledger/postgres-transport";
import { startLedgerServer, startMariadb } from "../../support/ledger-server";

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

interface Behind {
  readonly engine: LedgerEngine;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

interface Way {
  readonly name: string;
  /** Undefined: its server is not on this machine. */
  readonly start: (() => Promise<Behind>) | undefined;
  readonly transport: (endpoint: LedgerEndpoint, limits: PoolLimits) => ClosableTransport;
  readonly who: string;
  readonly slow: string;
  readonly refusal: string;
}

const WAYS: readonly Way[] = [
  {
    name: "PostgreSQL",
    start: async () => {
      const { pool, stop } = await startLedgerServer();
      await pool.query(`CREATE ROLE ${USER} LOGIN`);
      return { engine: "aurora-postgresql", port: (pool.options as { port: number }).port, stop };
    },
    transport: postgresTransport,
    who: "SELECT current_user",
    slow: "SELECT pg_sleep(0.1), current_user",
    refusal: `PAM authentication failed for user "${USER}"`,
  },
  {
    name: "MariaDB",
    start:
      findMariadb() &&
      (async () => {
        const { server, stop } = await startMariadb();
        const { port } = server.connection;
        const connection = await createConnection({ ...server.connection });
        await connection.query(`CREATE USER '${USER}'@'%'`);
        await connection.query(`GRANT SELECT ON trading.* TO '${USER}'@'%'`);
        await connection.end();
        return { engine: "aurora-mysql", port, stop };
      }),
    transport: mysqlTransport,
    who: "SELECT substring_index(current_user(), '@', 1)",
    slow: "SELECT sleep(0.1), substring_index(current_user(), '@', 1)",
    refusal: `Access denied for user '${USER}'@'127.0.0.1' (using password: YES)`,
  },
];

for (const { name, start, transport, who, slow, refusal } of WAYS)
  describe(`the door of the lab's ${name}`, function () {
    this.timeout(60_000);
    let behind: Behind | undefined;
    let door: DatabaseDoor | undefined;
    let port: number;

    before(async function () {
      if (start === undefined) return this.skip();
      behind = await start();
      door = new DatabaseDoor({
        engine: behind.engine,
        databasePort: behind.port,
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
      await behind?.stop();
    });

    const open = (password: () => Promise<string>): ClosableTransport =>
      transport(
        { host: "127.0.0.1", port, user: USER, database: "trading", tls: false, password },
        { connections: 2, connectMs: 2_000, answerMs: 5_000 },
      );

    it("lets the service's own driver in by a token for each connection, as the user that it names", async () => {
      let tokens = 0;
      const service = open(() => ((tokens += 1), tokenFor({ port })));
      const found = await Promise.all([service.statement(who), service.statement(slow)]);
      expect(found.map(([row]) => row?.at(-1))).to.deep.equal([USER, USER]);
      expect(tokens).to.equal(2);
      await service.close();
    });

    for (const [title, password] of [
      ["without a token", async () => "secret"],
      ["with the token of a role that may not", () => tokenFor({ port, key: "ASIA2" })],
    ] as const) {
      it(`refuses who comes ${title}`, async () => {
        const service = open(password);
        const said = await service.statement(who).then(
          () => "nothing",
          (error: Error) => error.message,
        );
        expect(said).to.equal(refusal);
        await service.close();
      });
    }
  });
