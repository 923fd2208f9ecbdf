/**
 * The RDS Data API's sessions: one database connection a transaction, as on AWS.
 * AWS: a transaction ends after three minutes without a call.
 */
import { randomBytes } from "node:crypto";
import type { SqlSession } from "./session";

const IDLE_MS = 3 * 60_000;
const KEPT = 16;

export class TransactionNotFound extends Error {
  override readonly name = "TransactionNotFound";
}

interface Transaction {
  readonly session: SqlSession;
  readonly idle: NodeJS.Timeout;
  /** Calls of one transaction run one after the other. */
  turn: Promise<unknown>;
}

export class DataApiSessions {
  private readonly open = new Map<string, Transaction>();
  private spare: SqlSession[] = [];
  /** Rises when the server was stopped or has changed its role: sessions of before are worthless. */
  private generation = 0;
  private readonly generations = new WeakMap<SqlSession, number>();

  /** `connect` rejects with NoWriter where this cluster has none; `onLost`: the connection has died. */
  constructor(private readonly connect: (onLost: () => void) => Promise<SqlSession>) {}

  /** Begins a transaction; rejects with NoWriter where this cluster has none. */
  async begin(): Promise<string> {
    const session = await this.take();
    try {
      await session.begin();
    } catch (error) {
      session.close();
      throw error;
    }
    const id = randomBytes(96).toString("base64");
    this.open.set(id, { session, idle: this.idleTimer(id), turn: Promise.resolve() });
    return id;
  }

  /** Runs `body` in the transaction, or in a session of its own that commits by itself. */
  async within<T>(id: string | undefined, body: (session: SqlSession) => Promise<T>): Promise<T> {
    if (id === undefined) {
      const session = await this.take();
      try {
        const result = await body(session);
        await this.give(session);
        return result;
      } catch (error) {
        session.close();
        throw error;
      }
    }
    const transaction = this.open.get(id);
    if (transaction === undefined) throw new TransactionNotFound(`Transaction ${id} is not found`);
    transaction.idle.refresh();
    const run = transaction.turn.then(() => body(transaction.session));
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
      await transaction.session[how]();
    } catch (error) {
      transaction.session.close();
      throw error;
    }
    await this.give(transaction.session);
  }

  /** The server was stopped or has changed its role. Open transactions fail at their next call. */
  reset(): void {
    this.generation += 1;
    for (const session of this.spare.splice(0)) session.close();
  }

  close(): void {
    for (const { session, idle } of this.open.values()) {
      clearTimeout(idle);
      session.close();
    }
    this.open.clear();
    this.reset();
  }

  private idleTimer(id: string): NodeJS.Timeout {
    return setTimeout(() => {
      const transaction = this.open.get(id);
      this.open.delete(id);
      transaction?.session.close();
    }, IDLE_MS).unref();
  }

  private async take(): Promise<SqlSession> {
    const spare = this.spare.pop();
    if (spare !== undefined) return spare;
    const { generation } = this;
    // A connection that dies while nobody asks anything of it is not this process's end.
    const session: SqlSession = await this.connect(() => {
      this.spare = this.spare.filter((one) => one !== session);
    });
    this.generations.set(session, generation);
    return session;
  }

  private async give(session: SqlSession): Promise<void> {
    if (this.spare.length >= KEPT || this.generations.get(session) !== this.generation) return session.close();
    try {
      await session.forget();
      this.spare.push(session);
    } catch {
      session.close();
    }
  }
}
