/** The engines that the ledger runs on, each as a real server with a way to it. What holds for one must hold for all. */
import { Pool } from "pg";
import { createPool } from "mysql2/promise";
import { dataApi } from "../../handlers/adapters/data-api";
import { ledgerMysql } from "../../handlers/adapters/ledger-mysql";
import { ledgerPostgres } from "../../handlers/adapters/ledger-postgres";
import type { Ledger } from "../../handlers/ports";
import { MIGRATIONS, type Migration } from "../../handlers/trade/migrations";
import type { SqlTransport, Statement } from "../../handlers/adapters/sql";
import { BY_IAM, MYSQL_MIGRATIONS } from "../../handlers/trade/mysql-migrations";
import { LEDGER_USER } from "../../contract/ledger";
import { mysqlTransport } from "../../service/ledger/mysql-transport";
import { postgresTransport } from "../../service/ledger/postgres-transport";
import { findMariadb } from "../../lab/setup/mariadb";
import { startLedgerServer, startMariadb } from "./ledger-server";

export interface Session {
  readonly query: (sql: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface EngineServer {
  readonly ledgerOf: (region: string) => Ledger;
  /** Runs a statement as the servers' own user. */
  readonly asService: Statement;
  /** Rows as texts, by position. */
  readonly rows: (sql: string) => Promise<string[][]>;
  /** An empty database. */
  readonly reset: () => Promise<void>;
  /** A session of its own, in a transaction. */
  readonly session: () => Promise<Session>;
  readonly openTransactions: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface Engine {
  readonly name: string;
  readonly migrations: readonly Migration[];
  /** Undefined: its server is not on this machine. */
  readonly start: (() => Promise<EngineServer>) | undefined;
}

const LIMITS = { connections: 16, connectMs: 2_000, answerMs: 10_000 };
/** What changes rows answers none. */
const texts = (rows: unknown): string[][] =>
  Array.isArray(rows) ? (rows as unknown[][]).map((row) => row.map((cell) => String(cell))) : [];

/**
 * What settles comes by the servers' own user, so that every case shows that its grants are enough; what migrates and moves the ledger comes by the
 * functions' user.
 */
const withService = (functions: Ledger, service: Ledger): Ledger => ({
  ...functions,
  settle: (...args) => service.settle(...args),
  holds: (...args) => service.holds(...args),
  beginAnew: (...args) => service.beginAnew(...args),
});

/** No server but Aurora's has IAM's plugin: here the user comes without a password. All else of the migration runs as it is. */
const withoutPlugin = (transport: SqlTransport): SqlTransport => ({
  ...transport,
  statement: (sql, parameters) => transport.statement(sql.replace(BY_IAM, ""), parameters),
});

async function postgres(way: "data-api" | "driver"): Promise<EngineServer> {
  const server = await startLedgerServer();
  const { host, port, user, database } = server.pool.options as { host: string; port: number; user: string; database: string };
  const at = { host, port, database, tls: false, password: async () => "none" };
  const driver = postgresTransport({ ...at, user }, LIMITS);
  const service = postgresTransport({ ...at, user: LEDGER_USER }, LIMITS);
  const transport = way === "driver" ? driver : dataApi(server.client, server.database);
  return {
    ledgerOf: (region) => {
      const functions = ledgerPostgres(transport, region);
      return way === "driver" ? withService(functions, ledgerPostgres(service, region)) : functions;
    },
    asService: service.statement,
    rows: async (sql) => texts((await server.pool.query<unknown[]>({ text: sql, rowMode: "array" })).rows),
    reset: async () => void (await server.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")),
    session: async () => {
      const one = new Pool({ ...server.pool.options, max: 1 });
      const client = await one.connect();
      await client.query("BEGIN");
      return {
        query: async (sql) => void (await client.query(sql)),
        end: async () => {
          await client.query("COMMIT");
          client.release();
          await one.end();
        },
      };
    },
    openTransactions: () => server.openTransactions(),
    stop: async () => {
      await Promise.all([driver.close(), service.close()]);
      await server.stop();
    },
  };
}

async function mysql(way: "data-api" | "driver"): Promise<EngineServer> {
  const { server, client, database, stop } = await startMariadb();
  const at = server.connection;
  const pool = createPool({
    ...at,
    connectionLimit: 8,
    multipleStatements: true,
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const open = (user: string) => mysqlTransport({ ...at, user, tls: false, password: async () => "" }, LIMITS);
  const driver = open(at.user);
  const service = open(LEDGER_USER);
  const functions = way === "driver" ? withoutPlugin(driver) : dataApi(client, database);
  return {
    ledgerOf: (region) => {
      const ledger = ledgerMysql(functions, region);
      return way === "driver" ? withService(ledger, ledgerMysql(service, region)) : ledger;
    },
    asService: service.statement,
    rows: async (sql) => texts((await pool.query(sql))[0]),
    reset: async () => {
      await pool.query("DROP DATABASE trading; CREATE DATABASE trading");
      // Sessions that stood in the database stand nowhere.
      await pool.query("USE trading");
    },
    session: async () => {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      return {
        query: async (sql) => void (await connection.query(sql)),
        end: async () => {
          await connection.commit();
          connection.release();
        },
      };
    },
    openTransactions: async () => {
      // The server looks at them ten times a second, and remembers what it saw.
      await new Promise((resolve) => setTimeout(resolve, 150));
      return Number(texts((await pool.query("SELECT count(*) FROM information_schema.innodb_trx"))[0])[0]?.[0]);
    },
    stop: async () => {
      await Promise.all([driver.close(), service.close()]);
      await pool.end();
      await stop();
    },
  };
}

export const ENGINES: readonly Engine[] = [
  { name: "PostgreSQL through the Data API", migrations: MIGRATIONS, start: () => postgres("data-api") },
  { name: "PostgreSQL through the service's driver", migrations: MIGRATIONS, start: () => postgres("driver") },
  {
    name: "MariaDB, of MySQL's family, through the Data API",
    migrations: MYSQL_MIGRATIONS,
    start: findMariadb() && (() => mysql("data-api")),
  },
  {
    name: "MariaDB, of MySQL's family, through the service's driver",
    migrations: MYSQL_MIGRATIONS,
    start: findMariadb() && (() => mysql("driver")),
  },
];
