import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RollbackTransactionCommand,
  type Field,
  type RDSDataClient,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { isAwsError } from "./clients";
import type { SqlTransport, Statement } from "./sql";

export interface Database {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
}

function parameter([name, value]: readonly [string, string | number]): SqlParameter {
  return { name, value: typeof value === "number" ? { longValue: value } : { stringValue: value } };
}

function cell(field: Field): string | number | null {
  if (field.isNull) return null;
  return (
    field.stringValue ?? field.longValue ?? field.doubleValue ?? (field.booleanValue === undefined ? null : String(field.booleanValue))
  );
}

/** A connection that the service ended while the function was frozen fails at its first use. */
const ENDED = ["ECONNRESET", "EPIPE"];
const hasEnded = (error: unknown): boolean => error instanceof Error && "code" in error && ENDED.includes(String(error.code));

/** A second try if the connection had ended. */
const unlessEnded = <T>(ask: () => Promise<T>): Promise<T> =>
  ask().catch((error: unknown) => {
    if (!hasEnded(error)) throw error;
    return ask();
  });

const begin = (client: RDSDataClient, target: Database): Promise<string | undefined> =>
  // A transaction that nobody goes on with ends by its own timeout.
  unlessEnded(async () => (await client.send(new BeginTransactionCommand(target))).transactionId);

/** Without a transaction each statement is one of its own. */
const statement =
  (client: RDSDataClient, target: Database, transactionId?: string): Statement =>
  async (sql, parameters = {}) => {
    const answer = await client.send(
      new ExecuteStatementCommand({ ...target, transactionId, sql, parameters: Object.entries(parameters).map(parameter) }),
    );
    return (answer.records ?? []).map((record) => record.map(cell));
  };

/** Runs `body` in one transaction: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<T>(client: RDSDataClient, target: Database, body: (run: Statement) => Promise<T>): Promise<T> {
  const transactionId = await begin(client, target);
  if (!transactionId) throw new Error("the Data API began a transaction without an id");
  const { resourceArn, secretArn } = target;
  try {
    const result = await body(statement(client, target, transactionId));
    await client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId }));
    return result;
  } catch (error) {
    // The first error is the one that matters; a transaction that can't be rolled back ends by its own timeout.
    await client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId })).catch(() => undefined);
    throw error;
  }
}

/**
 * States of SQL: 22 "data exception", 23 "integrity constraint violation", 44 "with check option violation"; what a trigger raises is P0 in PostgreSQL
 * and 45 in MySQL.
 */
const DATA_STATE = /SQLState: (2[23]|4[45]|P0)\w{3}/;
/** MySQL's own numbers, which the Data API tells beside the state or in its place: null, range, text for a number, length, a trigger, a check. */
const DATA_CODE = /error code: (1048|1264|1366|1406|1644|1690|3819)\b/i;
/** A row that is there already is no bad one: somebody else was faster. PostgreSQL's statements never meet it. */
const DUPLICATE = /error code: 1062\b/i;

function isDataError(error: unknown): boolean {
  if (!isAwsError(error, "DatabaseErrorException", "BadRequestException")) return false;
  const { message } = error as Error;
  return (DATA_STATE.test(message) || DATA_CODE.test(message)) && !DUPLICATE.test(message);
}

/** SQL by the RDS Data API: no network, no connection to keep, a call for each statement. */
export const dataApi = (client: RDSDataClient, target: Database): SqlTransport => ({
  transaction: (body) => inTransaction(client, target, body),
  statement: (sql, parameters) => unlessEnded(() => statement(client, target)(sql, parameters)),
  isDataError,
});
