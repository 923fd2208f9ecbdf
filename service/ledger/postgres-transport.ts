import { DatabaseError, Pool, type PoolClient } from "pg";
import type { Row, Statement } from "../../handlers/adapters/sql";
import { tlsOf, type ClosableTransport, type LedgerEndpoint, type PoolLimits } from "./endpoint";
import { positional } from "./named-parameters";

/** PostgreSQL's classes: 22 "data exception", 23 "integrity constraint violation", 44 "with check option violation", P0 what a trigger raises. */
const DATA = /^(2[23]|44|P0)/;
const isDataError = (error: unknown): boolean => error instanceof DatabaseError && DATA.test(error.code ?? "");

/** Connections to Aurora PostgreSQL of the service's own: no call for each statement, no limit of a megabyte. */
export function postgresTransport(endpoint: LedgerEndpoint, limits: PoolLimits): ClosableTransport {
  const pool = new Pool({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.user,
    database: endpoint.database,
    password: endpoint.password,
    ssl: tlsOf(endpoint) ?? false,
    max: limits.connections,
    connectionTimeoutMillis: limits.connectMs,
    query_timeout: limits.answerMs,
    // Below the client's own, so that a statement that nobody waits for ends in the database too.
    statement_timeout: limits.answerMs - 500,
    idle_in_transaction_session_timeout: limits.answerMs * 2,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    // After a failover within the cluster an old connection leads to a reader: none gets old.
    maxLifetimeSeconds: 300,
  });
  // A connection that the server ends is no news: the next transaction opens another one. One that is being closed belongs to the pool no more, and its
  // errors would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));

  const runOn =
    (client: PoolClient): Statement =>
    async (sql, parameters = {}) => {
      const { text, values } = positional(sql, parameters, (position) => `$${position}`);
      return (await client.query<Row & unknown[]>({ text, values: [...values], rowMode: "array" })).rows;
    };

  const withClient = async <T>(body: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let failure: unknown;
    try {
      return await body(client);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // What is not the data's fault may be the connection's: it leads to a reader, or nowhere.
      client.release(failure !== undefined && !isDataError(failure));
    }
  };

  return {
    transaction: (body) =>
      withClient(async (client) => {
        await client.query("BEGIN");
        try {
          const result = await body(runOn(client));
          await client.query("COMMIT");
          return result;
        } catch (error) {
          // The first error is the one that matters; a connection that can't roll back is closed, and the server rolls back.
          if (isDataError(error)) await client.query("ROLLBACK");
          throw error;
        }
      }),
    statement: (sql, parameters) => withClient((client) => runOn(client)(sql, parameters)),
    isDataError,
    close: () => pool.end(),
  };
}
