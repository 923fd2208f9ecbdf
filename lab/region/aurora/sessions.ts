/**
 * The RDS Data API's sessions: one database connection a transaction, as on AWS.
 * AWS: a transaction ends after three minutes without a call; a statement ends after 45 seconds.
 */
import { randomBytes } from "node:crypto";
import { Client, type ClientConfig } from "pg";

const IDLE_MS = 3 * 60_000;
const STATEMENT_MS = 45_000;
const CONNECT_MS = 2_000;
const KEPT = 16;

export class TransactionNotFound extends Error {
  override readonly name = "TransactionNotFound";
}
export class NoWriter extends Error {
  override readonly name = "NoWriter";
}

interface Transaction {
  readonly client: Client;
  readonly idle: NodeJS.Timeout;
  /** Calls of one transaction run one after the other. */
  turn: Promise<unknown>;
}

export class DataApiSessions {
  private readonly open = new Map<string, Transaction>();
  private spare: Client[] = [];
  /** Rises when the server was stopped or has changed its role: connections of before are worthless. */
  private generation = 0;
  private readonly generations = new WeakMap<Client, number>();

  constructor(private readonly connection: () => ClientConfig) {}

  /** Begins a transaction; rejects with NoWriter where this cluster has none. */
  async begin(): Promise<string> {
    const client = await this.take();
    try {
      await client.query("begin");
    } catch (error) {
      this.discard(client);
      throw error;
    }
    const id = randomBytes(96).toString("base64");
    this.open.set(id, { client, idle: this.idleTimer(id), turn: Promise.resolve() });
    return id;
  }

  /** Runs `body` in the transaction, or in a connection of its own that commits by itself. */
  async within<T>(id: string | undefined, body: (client: Client) => Promise<T>): Promise<T> {
    if (id === undefined) {
      const client = await this.take();
      try {
        const result = await body(client);
        await this.give(client);
        return result;
      } catch (error) {
        this.discard(client);
        throw error;
      }
    }
    const transaction = this.open.get(id);
    if (transaction === undefined) throw new TransactionNotFound(`Transaction ${id} is not found`);
    transaction.idle.refresh();
    const run = transaction.turn.then(() => body(transaction.client));
    transaction.turn = run.catch(() => undefined);
    return await run;
  }

  async end(id: string, how: "commit" | "rollback"): Promise<void> {
    const transaction = this.open.get(id);
    if (transaction === undefined) throw new TransactionNotFound(`Transaction ${id} is not found`);
    this.open.delete(id);
    clearTimeout(transaction.idle);
    await transaction.turn;
    try {
      const { command } = await transaction.client.query(how);
      // PostgreSQL answers the commit of a failed transaction with a rollback.
      if (how === "commit" && command === "ROLLBACK") throw Object.assign(new Error("current transaction is aborted"), { code: "25P02" });
    } catch (error) {
      this.discard(transaction.client);
      throw error;
    }
    await this.give(transaction.client);
  }

  /** The server was stopped or has changed its role. Open transactions fail at their next call. */
  reset(): void {
    this.generation += 1;
    for (const client of this.spare.splice(0)) this.discard(client);
  }

  close(): void {
    for (const { client, idle } of this.open.values()) {
      clearTimeout(idle);
      this.discard(client);
    }
    this.open.clear();
    this.reset();
  }

  private idleTimer(id: string): NodeJS.Timeout {
    return setTimeout(() => {
      const transaction = this.open.get(id);
      this.open.delete(id);
      if (transaction !== undefined) this.discard(transaction.client);
    }, IDLE_MS).unref();
  }

  private async take(): Promise<Client> {
    const spare = this.spare.pop();
    if (spare !== undefined) return spare;
    const client = new Client({
      ...this.connection(),
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      application_name: "data-api",
      options: "-c timezone=UTC",
    });
    // A connection that dies while nobody asks anything of it is not this process's end.
    client.on("error", () => {
      this.spare = this.spare.filter((one) => one !== client);
    });
    this.generations.set(client, this.generation);
    try {
      await client.connect();
      const { rows } = await client.query<{ reader: boolean }>("select pg_is_in_recovery() as reader");
      if (rows[0]?.reader === true) throw new NoWriter("this cluster is a reader of the global database");
      return client;
    } catch (error) {
      this.discard(client);
      throw error instanceof NoWriter ? error : new NoWriter(error instanceof Error ? error.message : String(error));
    }
  }

  private async give(client: Client): Promise<void> {
    if (this.spare.length >= KEPT || this.generations.get(client) !== this.generation) return this.discard(client);
    try {
      // What a caller may have set does not reach the next one.
      await client.query("discard all");
      this.spare.push(client);
    } catch {
      this.discard(client);
    }
  }

  private discard(client: Client): void {
    void client.end().catch(() => undefined);
  }
}
