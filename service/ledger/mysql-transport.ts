import { createPool, type PoolConnection } from "mysql2/promise";
import type { Row, Statement } from "../../handlers/adapters/sql";
import { tlsOf, type ClosableTransport, type LedgerEndpoint, type PoolLimits } from "./endpoint";
import { positional } from "./named-parameters";

/** SQL states: 22 "data exception", 23 "integrity constraint violation", 44 "with check option violation", 45 what a trigger raises. */
const DATA = /^(22|23|44|45)/;
/** MySQL gives these the state HY000: a violated check, a text that is no number. */
const DATA_CODES: readonly number[] = [3819, 1366];
const DUPLICATE = 1062;

function isDataError(error: unknown): boolean {
  if (!(error instanceof Error) || !("errno" in error)) return false;
  const { errno, sqlState } = error as Error & { readonly errno?: number; readonly sqlState?: string };
  // A trade that is there already is no bad one: somebody else was faster.
  if (errno === DUPLICATE) return false;
  return DATA.test(sqlState ?? "") || DATA_CODES.includes(errno ?? 0);
}

/** Connections to Aurora MySQL of the service's own. */
export function mysqlTransport(endpoint: LedgerEndpoint, limits: PoolLimits): ClosableTransport {
  const pool = createPool({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.user,
    database: endpoint.database,
    // IAM's token is good for a quarter of an hour: each new connection brings one of its own. It is sent as it is, and so through TLS but in the lab.
    authPlugins: { mysql_clear_password: () => async () => Buffer.from(`${await endpoint.password()}\0`) },
    ...(endpoint.tls ? { ssl: { ...tlsOf(endpoint), verifyIdentity: true } } : {}),
    connectionLimit: limits.connections,
    connectTimeout: limits.connectMs,
    enableKeepAlive: true,
    idleTimeout: 10_000,
    // Numbers that JavaScript can't hold stay texts, as sums and prices are.
    supportBigNumbers: true,
    bigNumberStrings: true,
    decimalNumbers: false,
  });

  const runOn =
    (connection: PoolConnection): Statement =>
    async (sql, parameters = {}) => {
      const { text, values } = positional(sql, parameters, () => "?");
      const [rows] = await connection.query({ sql: text, values: [...values], timeout: limits.answerMs, rowsAsArray: true });
      return Array.isArray(rows) ? (rows as unknown as Row[]) : [];
    };

  const withConnection = async <T>(body: (connection: PoolConnection) => Promise<T>): Promise<T> => {
    const connection = await pool.getConnection();
    try {
      const result = await body(connection);
      connection.release();
      return result;
    } catch (error) {
      // What is not the data's fault may be the connection's: it leads to a reader, or nowhere. The server rolls back what it closes.
      if (isDataError(error)) connection.release();
      else connection.destroy();
      throw error;
    }
  };

  return {
    transaction: (body) =>
      withConnection(async (connection) => {
        await connection.beginTransaction();
        try {
          const result = await body(runOn(connection));
          await connection.commit();
          return result;
        } catch (error) {
          if (isDataError(error)) await connection.rollback();
          throw error;
        }
      }),
    statement: (sql, parameters) => withConnection((connection) => runOn(connection)(sql, parameters)),
    isDataError,
    close: () => pool.end(),
  };
}
