import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerRows } from "./check";
import type { LedgerAddress, Look, LookSession, TextRow } from "./look/look";
import { mysqlLook } from "./look/mysql";
import { postgresLook } from "./look/postgres";

export interface LedgerView {
  readonly role: "writer" | "reader";
  /** Fence row's epoch; undefined before the schema is there. */
  readonly fence: number | undefined;
  /** Trades settled, the platform's own canaries left out. */
  readonly settled: number;
  /** End of the log, a whole number that grows with it: written (writer) or replayed (reader). */
  readonly position: string;
  /** How far a reader is behind the writer, milliseconds, where it can't be told to have all; undefined on a writer. */
  readonly behindMs: number | undefined;
}

const LOOKS: Readonly<Record<LedgerAddress["engine"], Look>> = { "aurora-postgresql": postgresLook, "aurora-mysql": mysqlLook };

const TABLES = 2;

/** One look at a time at one region's ledger, over a connection that is kept while it works. */
export class LedgerWatch {
  private readonly look: Look;
  private session: LookSession | undefined;

  constructor(private readonly address: LedgerAddress) {
    this.look = LOOKS[address.engine];
  }

  /** Undefined: it can't be reached now. */
  async view(): Promise<LedgerView | undefined> {
    try {
      const [row] = await this.query(this.look.state);
      if (row === undefined) return undefined;
      const [counts] =
        Number(row["tables"]) === TABLES
          ? await this.query(
              `select (select count(*) from trades where account_id not like 'synthetic-%') as settled, (select epoch from ledger_fence where id = 1) as fence`,
            )
          : [];
      const { fence, settled } = counts ?? {};
      const { behind } = row;
      return {
        role: row["reader"] === "1" ? "reader" : "writer",
        fence: fence === null || fence === undefined ? undefined : Number(fence),
        settled: Number(settled ?? 0),
        position: row["position"] ?? "0",
        behindMs: behind === null || behind === undefined ? undefined : Math.max(0, Number(behind)),
      };
    } catch {
      await this.close();
      return undefined;
    }
  }

  /** All rows that the checker compares, in one snapshot. Rejects when they can't be read. */
  async rows(): Promise<LedgerRows> {
    for (const statement of this.look.snapshot) await this.query(statement);
    try {
      const trades = await this.query(
        `select trade_id, account_id, symbol, side, quantity, price, outcome, settled_epoch, ${this.look.settledAt} as settled_at from trades`,
      );
      const positions = await this.query("select account_id, symbol, quantity, notional from positions");
      const restrictions = await this.query("select account_id, symbol from restrictions");
      return {
        trades: trades.map((row) => ({
          ...whereOf(row),
          tradeId: text(row, "trade_id"),
          side: text(row, "side"),
          quantity: text(row, "quantity"),
          price: text(row, "price"),
          outcome: text(row, "outcome"),
          settledEpoch: Number(row["settled_epoch"]),
          settledAt: Number(row["settled_at"]),
        })),
        positions: positions.map((row) => ({ ...whereOf(row), quantity: text(row, "quantity"), notional: text(row, "notional") })),
        restrictions: restrictions.map(whereOf),
      };
    } finally {
      await this.query("commit").catch(() => this.close());
    }
  }

  async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    // A frozen server answers no farewell either.
    await Promise.race([session?.end().catch(() => undefined), sleep(200)]);
  }

  private async query(sql: string): Promise<readonly TextRow[]> {
    this.session ??= await this.look.open(this.address);
    return await this.session.query(sql);
  }
}

const text = (row: TextRow, column: string): string => row[column] ?? "";
const whereOf = (row: TextRow): { accountId: string; symbol: string } => ({
  accountId: text(row, "account_id"),
  symbol: text(row, "symbol"),
});
