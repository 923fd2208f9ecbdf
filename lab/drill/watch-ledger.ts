import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { LedgerRows } from "./check";

/** How to reach one region's PostgreSQL server: the drill looks at the rows themselves, not through the platform. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface LedgerView {
  readonly role: "writer" | "reader";
  /** Fence row's epoch; undefined before the schema is there. */
  readonly fence: number | undefined;
  /** Trades settled, the platform's own canaries left out. */
  readonly settled: number;
  /** End of the log: written (writer) or replayed (reader). */
  readonly lsn: string;
  /** Milliseconds since the last replayed transaction was committed at the writer; undefined on a writer. */
  readonly behindMs: number | undefined;
}

const TIMEOUT_MS = 1500;

/** One look at a time at one region's ledger, over a connection that is kept while it works. */
export class LedgerWatch {
  private client: Client | undefined;

  constructor(private readonly address: PostgresAddress) {}

  /** Undefined: it can't be reached now. */
  async view(): Promise<LedgerView | undefined> {
    try {
      const [row] = await this.query<{ recovering: boolean; lsn: string; behind: string | null; there: boolean }>(
        `select pg_is_in_recovery() as recovering,
                case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text as lsn,
                case when pg_is_in_recovery() then (extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000)::bigint end::text as behind,
                to_regclass('ledger_fence') is not null and to_regclass('trades') is not null as there`,
      );
      if (row === undefined) return undefined;
      const [counts] = row.there
        ? await this.query<{ settled: string; fence: string | null }>(
            `select (select count(*) from trades where account_id not like 'synthetic-%')::text as settled, (select epoch from ledger_fence where id = 1)::text as fence`,
          )
        : [];
      return {
        role: row.recovering ? "reader" : "writer",
        fence: counts === undefined || counts.fence === null ? undefined : Number(counts.fence),
        settled: Number(counts?.settled ?? 0),
        lsn: row.lsn,
        behindMs: row.behind === null ? undefined : Math.max(0, Number(row.behind)),
      };
    } catch {
      await this.close();
      return undefined;
    }
  }

  /** All rows that the checker compares, in one snapshot. Rejects when they can't be read. */
  async rows(): Promise<LedgerRows> {
    await this.query("begin isolation level repeatable read read only");
    try {
      const trades = await this.query<{
        trade_id: string;
        account_id: string;
        symbol: string;
        side: string;
        quantity: string;
        price: string;
        outcome: string;
        epoch: string;
        at: string;
      }>(
        `select trade_id, account_id, symbol, side, quantity::text, price::text, outcome, settled_epoch::text as epoch,
                (extract(epoch from settled_at) * 1000)::text as at from trades`,
      );
      const positions = await this.query<{ account_id: string; symbol: string; quantity: string; notional: string }>(
        "select account_id, symbol, quantity::text, notional::text from positions",
      );
      const restrictions = await this.query<{ account_id: string; symbol: string }>("select account_id, symbol from restrictions");
      return {
        trades: trades.map((row) => ({
          tradeId: row.trade_id,
          accountId: row.account_id,
          symbol: row.symbol,
          side: row.side,
          quantity: row.quantity,
          price: row.price,
          outcome: row.outcome,
          settledEpoch: Number(row.epoch),
          settledAt: Number(row.at),
        })),
        positions: positions.map((row) => ({
          accountId: row.account_id,
          symbol: row.symbol,
          quantity: row.quantity,
          notional: row.notional,
        })),
        restrictions: restrictions.map((row) => ({ accountId: row.account_id, symbol: row.symbol })),
      };
    } finally {
      await this.query("commit").catch(() => this.close());
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A frozen server answers no farewell either.
    await Promise.race([client?.end().catch(() => undefined), sleep(200)]);
  }

  private async query<Row extends object>(text: string): Promise<Row[]> {
    if (this.client === undefined) {
      const client = new Client({
        ...this.address,
        connectionTimeoutMillis: TIMEOUT_MS,
        query_timeout: TIMEOUT_MS * 4,
        application_name: "drill",
      });
      // Without a listener a server that dies would end the drill.
      client.on("error", () => undefined);
      await client.connect();
      this.client = client;
    }
    return (await this.client.query<Row>(text)).rows;
  }
}

/** Bytes between two positions in the log ("16/B374D848"). */
export function lsnDistance(from: string, to: string): number {
  const value = (lsn: string): bigint => {
    const [high = "0", low = "0"] = lsn.split("/");
    return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
  };
  return Number(value(to) - value(from));
}
