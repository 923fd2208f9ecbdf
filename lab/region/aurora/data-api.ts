/**
 * The RDS Data API of a region's cluster, over its own PostgreSQL server.
 * AWS: it speaks to the cluster's writer instance only. A secondary cluster of a global database has none, and every call fails there; a writer
 * that was demoted and does not know it yet takes writes all the same.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Client, QueryArrayResult } from "pg";
import { answerJson, requestId } from "../request";
import { readersOf, UnsupportedResult } from "./result-types";
import { type DataApiSessions, NoWriter, TransactionNotFound } from "./sessions";
import { BadParameter, prepare, type SqlParameter } from "./sql";

interface Call {
  readonly resourceArn?: string;
  readonly secretArn?: string;
  readonly transactionId?: string;
  readonly sql?: string;
  readonly parameters?: readonly SqlParameter[];
  readonly parameterSets?: readonly (readonly SqlParameter[])[];
  readonly includeResultMetadata?: boolean;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** AWS's limit of an answer. */
const LARGEST_ANSWER = 1024 * 1024;

/** Every value as PostgreSQL's own text. */
const AS_TEXT = { getTypeParser: () => (value: string) => value };

async function run(client: Client, sql: string, parameters: readonly SqlParameter[]): Promise<QueryArrayResult<(string | null)[]>> {
  const { text, values } = prepare(sql, parameters);
  // The extended protocol takes one statement only, as AWS does.
  const query = { text, values: [...values], rowMode: "array" as const, types: AS_TEXT, queryMode: "extended" };
  return await client.query<(string | null)[]>(query as never);
}

async function describe(client: Client, types: readonly number[]) {
  const text = "select oid::int as oid, typname as name, typtype as kind from pg_type where oid = any($1)";
  return (await client.query<{ oid: number; name: string; kind: string }>(text, [types])).rows;
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new Refused(400, "BadRequestException", `${name} is missing`);
  return value;
}

async function execute(sessions: DataApiSessions, call: Call): Promise<object> {
  const { result, readers } = await sessions.within(call.transactionId, async (client) => {
    const result = await run(client, needed(call.sql, "sql"), call.parameters ?? []);
    const types = result.fields.map(({ dataTypeID }) => dataTypeID);
    return { result, readers: await readersOf(types, (unknown) => describe(client, unknown)) };
  });
  const { fields, rows, command, rowCount } = result;
  const written = ["INSERT", "UPDATE", "DELETE", "MERGE"].includes(command);
  const answered: Record<string, unknown> = {
    generatedFields: [],
    numberOfRecordsUpdated: written && fields.length === 0 ? (rowCount ?? 0) : 0,
  };
  if (fields.length > 0)
    answered.records = rows.map((row) => row.map((text, column) => (text === null ? { isNull: true } : readers[column]?.(text))));
  if (call.includeResultMetadata === true) answered.columnMetadata = fields.map(({ name }) => ({ name, label: name }));
  if (JSON.stringify(answered).length > LARGEST_ANSWER)
    throw new Refused(400, "BadRequestException", "Database returned more than the allowed response size limit");
  return answered;
}

async function batch(sessions: DataApiSessions, call: Call): Promise<object> {
  const sql = needed(call.sql, "sql");
  const sets = call.parameterSets ?? [];
  await sessions.within(call.transactionId, async (client) => {
    if (call.transactionId === undefined) await client.query("begin");
    for (const parameters of sets) await run(client, sql, parameters);
    if (call.transactionId === undefined) await client.query("commit");
  });
  return { updateResults: sets.map(() => ({ generatedFields: [] })) };
}

type Operation = (sessions: DataApiSessions, call: Call) => Promise<object>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "/BeginTransaction": async (sessions) => ({ transactionId: await sessions.begin() }),
  "/Execute": execute,
  "/BatchExecute": batch,
  "/CommitTransaction": async (sessions, { transactionId }) => {
    await sessions.end(needed(transactionId, "transactionId"), "commit");
    return { transactionStatus: "Transaction Committed" };
  },
  "/RollbackTransaction": async (sessions, { transactionId }) => {
    await sessions.end(needed(transactionId, "transactionId"), "rollback");
    return { transactionStatus: "Rollback Complete" };
  },
};

/** PostgreSQL's codes for a server that goes or is not there. */
const GONE = /^(57P0[1-4]|08\w{3})$/;

function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof TransactionNotFound) return new Refused(404, "TransactionNotFoundException", error.message);
  if (error instanceof BadParameter || error instanceof SyntaxError) return new Refused(400, "BadRequestException", error.message);
  if (error instanceof UnsupportedResult) return new Refused(400, error.name, error.message);
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof NoWriter || code === undefined || !/^[0-9A-Z]{5}$/.test(code) || GONE.test(code))
    return new Refused(504, "DatabaseUnavailableException", `The writer instance in the DB cluster isn't available (${message})`);
  if (code === "57014") return new Refused(400, "StatementTimeoutException", `ERROR: ${message}; SQLState: ${code}`);
  return new Refused(400, "DatabaseErrorException", `ERROR: ${message}; SQLState: ${code}`);
}

/** Answers Data API requests for the region's cluster; `clusterArn` is "" before the program has registered one. */
export function dataApiService(sessions: DataApiSessions, clusterArn: () => string) {
  return async (request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> => {
    const headers = { "x-amzn-requestid": requestId() };
    try {
      const operation = OPERATIONS[(request.url ?? "").split("?")[0] ?? ""];
      if (operation === undefined) throw new Refused(404, "NotFoundException", `no operation at ${request.url}`);
      const call = JSON.parse(raw.toString("utf8")) as Call;
      needed(call.secretArn, "secretArn");
      if (needed(call.resourceArn, "resourceArn") !== clusterArn())
        throw new Refused(400, "BadRequestException", `HttpEndpoint is not enabled for resource ${call.resourceArn}`);
      answerJson(response, 200, await operation(sessions, call), headers);
    } catch (error) {
      const { status, type, message } = refusal(error);
      answerJson(response, status, { message }, { ...headers, "x-amzn-errortype": type });
    }
  };
}
