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
 * PostgreSQL's class 22 is "data exception", 23 "integrity constraint violation", 44 "with check option violation", P0 what a trigger raises.
 */
function isDataError(error: unknown): boolean {
  return (
    isAwsError(error, "DatabaseErrorException", "BadRequestException") && /SQLState: (2[23]|44|P0)\w{3}/.test((error as Error).message)
  );
}

/** SQL by the RDS Data API: no network, no connection to keep, a call for each statement. */
export const dataApi = (client: RDSDataClient, target: Database): SqlTransport => ({
  transaction: (body) => inTransaction(client, target, body),
  statement: (sql, parameters) => unlessEnded(() => statement(client, target)(sql, parameters)),
  isDataError,
});
