import type { Field, RDSDataClient, SqlParameter } from "@aws-sdk/client-rds-data";
import type { Pool, PoolClient } from "pg";

interface Input {
  readonly transactionId?: string;
  readonly sql?: string;
  readonly parameters?: readonly SqlParameter[];
}

const field = (value: unknown): Field => {
  if (value === null || value === undefined) return { isNull: true };
  if (typeof value === "number") return { longValue: value };
  return { stringValue: value instanceof Date ? value.toISOString() : `${value as string | bigint | boolean}` };
};

const valueOf = ({ value }: SqlParameter): unknown =>
  value?.stringValue ?? value?.longValue ?? value?.doubleValue ?? value?.booleanValue ?? null;

/** The four calls of the RDS Data API that the ledger makes, over a real server. `statements` counts what was executed. */
export class DataApi {
  readonly calls: string[] = [];
  private readonly open = new Map<string, PoolClient>();
  private next = 1;

  constructor(private readonly pool: Pool) {}

  get client(): RDSDataClient {
    const send = (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) =>
      this.handle(command.constructor.name, command.input as Input);
    return { send } as unknown as RDSDataClient;
  }

  get openTransactions(): number {
    return this.open.size;
  }

  private async handle(name: string, input: Input): Promise<unknown> {
    this.calls.push(name);
    if (name === "BeginTransactionCommand") return this.begin();
    const id = input.transactionId ?? "";
    const session = this.open.get(id);
    if (!session) throw Object.assign(new Error(`transaction ${id} is not found`), { name: "TransactionNotFoundException" });
    if (name === "ExecuteStatementCommand") return this.execute(session, input);
    this.open.delete(id);
    try {
      await session.query(name === "CommitTransactionCommand" ? "COMMIT" : "ROLLBACK");
    } finally {
      session.release();
    }
    return {};
  }

  private async begin(): Promise<{ transactionId: string }> {
    const session = await this.pool.connect();
    await session.query("BEGIN");
    const transactionId = String(this.next++);
    this.open.set(transactionId, session);
    return { transactionId };
  }

  private async execute(session: PoolClient, { sql = "", parameters = [] }: Input): Promise<unknown> {
    const names = parameters.map((parameter) => parameter.name);
    const text = sql.replace(/(?<![:\w]):([a-z_]\w*)/g, (_, name: string) => `$${names.indexOf(name) + 1}`);
    try {
      const result = await session.query({ text, values: parameters.map(valueOf), rowMode: "array" });
      return { records: (result.rows as unknown[][]).map((row) => row.map(field)) };
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      throw Object.assign(new Error(`ERROR: ${message}; SQLState: ${code}`), { name: "DatabaseErrorException" });
    }
  }
}
