/** A session of the Data API's on MySQL's family. */
import { createConnection, type ConnectionOptions, type FieldPacket, type ResultSetHeader } from "mysql2/promise";
import { mysqlReaderOf } from "./mysql-result-types";
import { written } from "./mysql-sql";
import { CONNECT_MS, NoWriter, STATEMENT_MS, StatementRefused, StatementTimeout, type SqlResult, type SqlSession } from "./session";

/** How Aurora is told that a user brings IAM's token. MariaDB has no such plugin: its user comes without a password, and the lab's door asks for the token. */
const BY_IAM = / IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'/gi;

/** Of MariaDB's own, as MySQL has it. */
const VIOLATED_CHECK = { mariadb: 4025, mysql: 3819 } as const;
const INTERRUPTED: readonly number[] = [1969, 3024];

function told(error: unknown): Error {
  const { errno, sqlState, fatal, message } = error as { errno?: number; sqlState?: string; fatal?: boolean; message: string };
  // A connection's end has no SQL state.
  if (fatal === true || errno === undefined || sqlState === undefined) return new NoWriter(message);
  const isCheck = errno === VIOLATED_CHECK.mariadb;
  const [number, state] = isCheck ? [VIOLATED_CHECK.mysql, "HY000"] : [errno, sqlState];
  const text = `Database error code: ${number}. Message: ${message}; SQLState: ${state}`;
  return INTERRUPTED.includes(number) ? new StatementTimeout(text) : new StatementRefused(text);
}

export async function mysqlSession(
  at: Pick<ConnectionOptions, "host" | "port" | "user" | "database">,
  onLost: () => void,
): Promise<SqlSession> {
  const opening = createConnection({ ...at, connectTimeout: CONNECT_MS, rowsAsArray: true, typeCast: (field) => field.buffer() });
  const connection = await opening.catch((error: Error) => {
    throw new NoWriter(error.message);
  });
  connection.on("error", onLost);
  const close = (): void => connection.destroy();

  const ask = async (sql: string): Promise<[unknown, FieldPacket[]]> => {
    try {
      return await connection.query(sql);
    } catch (error) {
      throw told(error);
    }
  };
  const settings = async (): Promise<void> => void (await ask(`SET time_zone = '+00:00', max_statement_time = ${STATEMENT_MS / 1000}`));
  const result = ([answer, fields]: [unknown, FieldPacket[]]): SqlResult => {
    if (!Array.isArray(answer)) return { columns: [], records: [], updated: (answer as ResultSetHeader).affectedRows };
    const readers = fields.map(mysqlReaderOf);
    const records = (answer as (Buffer | null)[][]).map((row) =>
      row.map((bytes, column) => (bytes === null ? { isNull: true } : (readers[column]?.(bytes) ?? {}))),
    );
    return { columns: fields.map(({ name }) => name), records, updated: 0 };
  };

  try {
    await settings();
    const { records } = result(await ask("SELECT @@read_only"));
    if (records[0]?.[0]?.["longValue"] !== 0) throw new NoWriter("this cluster is a reader of the global database");
  } catch (error) {
    close();
    throw error;
  }
  return {
    run: async (sql, parameters) => result(await ask(written(sql, parameters).replace(BY_IAM, ""))),
    begin: async () => void (await ask("START TRANSACTION")),
    commit: async () => void (await ask("COMMIT")),
    rollback: async () => void (await ask("ROLLBACK")),
    forget: async () => {
      await connection.reset();
      await settings();
    },
    close,
  };
}
