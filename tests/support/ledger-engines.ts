/** The engines that the ledger runs on, each as a real server with a way to it. What holds for one must hold for all. */
import { Pool } from "pg";
import { createPool } from "mysql2/promise";
import { dataApi } from "../../handlers/adapters/data-api";
import { ledgerMysql } from "../../handlers/adapters/ledger-mysql";
import { ledgerPostgres } from "../../handlers/adapters/ledger-postgres";
import type { Ledger } from "../../handlers/ports";
import { MIGRATIONS, type Migration } from "../../handlers/trade/migrations";
import { MYSQL_MIGRATIONS } from "../../handlers/trade/mysql-migrations";
import { mysqlTransport } from "../../service/ledger/mysql-transport";
import { postgresTransport } from "../../service/ledger/postgres-transport";
import { findMysql, startMysql } from "./mysql-server";
import { startLedgerServer } from "./ledger-server";

export interface Session {
  readonly query: (sql: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface EngineServer {
  readonly ledgerOf: (region: string) => Ledger;
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

async function postgres(way: "data-api" | "driver"): Promise<EngineServer> {
  const server = await startLedgerServer();
  const { host, port, user, database } = server.pool.options as { host: string; port: number; user: string; database: string };
  const driver = postgresTransport({ host, port, user, database, tls: false, password: async () => "none" }, LIMITS);
  const transport = way === "driver" ? driver : dataApi(server.client, server.database);
  return {
    ledgerOf: (region) => ledgerPostgres(transport, region),
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
      await driver.close();
      await server.stop();
    },
  };
}

async function mysql(): Promise<EngineServer> {
  const server = await startMysql();
  const at = { host: "127.0.0.1", port: server.port, user: "root" };
  const pool = createPool({
    ...at,
    database: "trading",
    connectionLimit: 8,
    multipleStatements: true,
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const transport = mysqlTransport({ ...at, database: "trading", tls: false, password: async () => "" }, LIMITS);
  return {
    ledgerOf: (region) => ledgerMysql(transport, region),
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
      await transport.close();
      await pool.end();
      await server.stop();
    },
  };
}

export const ENGINES: readonly Engine[] = [
  { name: "PostgreSQL through the Data API", migrations: MIGRATIONS, start: () => postgres("data-api") },
  { name: "PostgreSQL through the service's driver", migrations: MIGRATIONS, start: () => postgres("driver") },
  { name: "a server of MySQL's family through the service's driver", migrations: MYSQL_MIGRATIONS, start: findMysql() ? mysql : undefined },
];
