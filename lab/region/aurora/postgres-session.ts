/** A session of the Data API's on PostgreSQL. */
import { Client, type ClientConfig, type QueryArrayResult } from "pg";
import { prepare } from "./postgres-sql";
import { readersOf } from "./postgres-result-types";
import { CONNECT_MS, NoWriter, STATEMENT_MS, StatementRefused, StatementTimeout, type SqlSession } from "./session";
import type { SqlParameter } from "./sql";

/** Every value as PostgreSQL's own text. */
const AS_TEXT = { getTypeParser: () => (value: string) => value };
const WRITES = ["INSERT", "UPDATE", "DELETE", "MERGE"];

/** PostgreSQL's codes for a server that goes or is not there. */
const GONE = /^(57P0[1-4]|08\w{3})$/;
const CANCELLED = "57014";

function told(error: unknown): Error {
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || GONE.test(code)) return new NoWriter(message);
  const text = `ERROR: ${message}; SQLState: ${code}`;
  return code === CANCELLED ? new StatementTimeout(text) : new StatementRefused(text);
}

async function asked<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    throw told(error);
  });
}

async function query(client: Client, sql: string, parameters: readonly SqlParameter[]): Promise<QueryArrayResult<(string | null)[]>> {
  const { text, values } = prepare(sql, parameters);
  // The extended protocol takes one statement only, as AWS does.
  const query = { text, values: [...values], rowMode: "array" as const, types: AS_TEXT, queryMode: "extended" };
  return await asked(client.query<(string | null)[]>(query as never));
}

async function describe(client: Client, types: readonly number[]) {
  const text = "select oid::int as oid, typname as name, typtype as kind from pg_type where oid = any($1)";
  return (await asked(client.query<{ oid: number; name: string; kind: string }>(text, [types]))).rows;
}

export async function postgresSession(connection: ClientConfig, onLost: () => void): Promise<SqlSession> {
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: "data-api",
    options: "-c timezone=UTC",
  });
  client.on("error", onLost);
  const close = (): void => void client.end().catch(() => undefined);
  const command = async (text: string): Promise<string> => (await asked(client.query(text))).command;
  try {
    await client.connect();
    const { rows } = await client.query<{ reader: boolean }>("select pg_is_in_recovery() as reader");
    if (rows[0]?.reader === true) throw new NoWriter("this cluster is a reader of the global database");
  } catch (error) {
    close();
    throw new NoWriter(error instanceof Error ? error.message : String(error));
  }
  return {
    run: async (sql, parameters) => {
      const result = await query(client, sql, parameters);
      const types = result.fields.map(({ dataTypeID }) => dataTypeID);
      const readers = await readersOf(types, (unknown) => describe(client, unknown));
      return {
        columns: result.fields.map(({ name }) => name),
        records: result.rows.map((row) => row.map((text, column) => (text === null ? { isNull: true } : (readers[column]?.(text) ?? {})))),
        updated: WRITES.includes(result.command) ? (result.rowCount ?? 0) : 0,
      };
    },
    begin: async () => void (await command("begin")),
    commit: async () => {
      // PostgreSQL answers the commit of a failed transaction with a rollback.
      if ((await command("commit")) === "ROLLBACK") throw new StatementRefused("ERROR: current transaction is aborted; SQLState: 25P02");
    },
    rollback: async () => void (await command("rollback")),
    forget: async () => void (await command("discard all")),
    close,
  };
}
