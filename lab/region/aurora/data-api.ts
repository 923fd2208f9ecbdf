/**
 * The RDS Data API of a region's cluster, over its own database server.
 * AWS: it speaks to the cluster's writer instance only. A secondary cluster of a global database has none, and every call fails there; a writer
 * that was demoted and does not know it yet takes writes all the same.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson, requestId } from "../request";
import { StatementRefused, StatementTimeout, UnsupportedResult } from "./session";
import { type DataApiSessions, TransactionNotFound } from "./sessions";
import { BadParameter, type SqlParameter } from "./sql";

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

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new Refused(400, "BadRequestException", `${name} is missing`);
  return value;
}

async function execute(sessions: DataApiSessions, call: Call): Promise<object> {
  const { columns, records, updated } = await sessions.within(call.transactionId, (session) =>
    session.run(needed(call.sql, "sql"), call.parameters ?? []),
  );
  const answers = columns.length > 0;
  const answered = {
    generatedFields: [],
    numberOfRecordsUpdated: answers ? 0 : updated,
    ...(answers ? { records } : {}),
    ...(call.includeResultMetadata === true ? { columnMetadata: columns.map((name) => ({ name, label: name })) } : {}),
  };
  if (JSON.stringify(answered).length > LARGEST_ANSWER)
    throw new Refused(400, "BadRequestException", "Database returned more than the allowed response size limit");
  return answered;
}

async function batch(sessions: DataApiSessions, call: Call): Promise<object> {
  const sql = needed(call.sql, "sql");
  const sets = call.parameterSets ?? [];
  await sessions.within(call.transactionId, async (session) => {
    if (call.transactionId === undefined) await session.begin();
    for (const parameters of sets) await session.run(sql, parameters);
    if (call.transactionId === undefined) await session.commit();
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

function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof TransactionNotFound) return new Refused(404, "TransactionNotFoundException", error.message);
  if (error instanceof BadParameter || error instanceof SyntaxError) return new Refused(400, "BadRequestException", error.message);
  if (error instanceof UnsupportedResult) return new Refused(400, error.name, error.message);
  if (error instanceof StatementTimeout) return new Refused(400, "StatementTimeoutException", error.message);
  if (error instanceof StatementRefused) return new Refused(400, "DatabaseErrorException", error.message);
  const why = error instanceof Error ? error.message : String(error);
  return new Refused(504, "DatabaseUnavailableException", `The writer instance in the DB cluster isn't available (${why})`);
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
