import type { Outcome, Settlement, Trade } from "../core/model";
import { MIGRATIONS } from "../trade/migrations";
import type { Ledger } from "../ports";
import { sha256 } from "./hashing";
import type { Row, SqlTransport } from "./sql";
import { FENCE, MIGRATION_LOCK, MIGRATIONS_TABLE, OUTCOMES, PRESENT, RAISE_FENCE, SETTLE, WRITE_PROBE } from "../trade/ledger-sql";

const rowOf = (trade: Trade) => ({
  trade_id: trade.tradeId,
  account_id: trade.accountId,
  symbol: trade.symbol,
  side: trade.side,
  quantity: trade.quantity,
  price: trade.price,
});

function settlementOf([tradeId, outcome, reason]: Row): Settlement {
  return {
    tradeId: String(tradeId),
    outcome: outcome as Outcome,
    ...(reason === null || reason === undefined ? {} : { reason: String(reason) }),
  };
}

/** The ledger in Aurora PostgreSQL, as `region` uses it. A cluster without a writer (the passive region's) rejects every call. */
export function ledgerPostgres({ transaction, isDataError }: SqlTransport, region: string): Ledger {
  return {
    settle: async (epoch, trades) => {
      try {
        return await transaction(async (run) => {
          const rows = await run(SETTLE, { epoch, region, batch: JSON.stringify(trades.map(rowOf)) });
          if (rows.length === 0) return { kind: "fenced", ledgerEpoch: Number((await run(FENCE))[0]?.[0] ?? 0) };
          const inserted = rows.filter(([tradeId]) => tradeId !== null).map(settlementOf);
          const fresh = new Set(inserted.map((settlement) => settlement.tradeId));
          const others = trades.map((trade) => trade.tradeId).filter((tradeId) => !fresh.has(tradeId));
          const before = others.length > 0 ? (await run(OUTCOMES, { ids: JSON.stringify(others) })).map(settlementOf) : [];
          if (before.length < others.length)
            throw new Error(`${others.length - before.length} trades were neither inserted nor there: try again`);
          return { kind: "settled", settlements: [...inserted, ...before], fresh };
        });
      } catch (error) {
        if (isDataError(error)) return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
        throw error;
      }
    },

    present: (epoch, tradeIds) =>
      transaction(async (run) => {
        const rows = await run(PRESENT, { epoch, region, ids: JSON.stringify(tradeIds) });
        if (rows.length === 0) throw new Error(`the ledger of this region is not at epoch ${epoch}`);
        return new Set(rows.flatMap(([tradeId]) => (tradeId === null || tradeId === undefined ? [] : [String(tradeId)])));
      }),

    raiseFence: (epoch) => transaction(async (run) => Number((await run(RAISE_FENCE, { epoch, region }))[0]?.[0])),

    migrate: () =>
      transaction(async (run) => {
        await run(MIGRATION_LOCK);
        await run(MIGRATIONS_TABLE);
        const applied = new Map(
          (await run("SELECT version, checksum FROM schema_migrations")).map(([version, checksum]) => [Number(version), checksum]),
        );
        const fresh: number[] = [];
        for (const { version, name, statements } of MIGRATIONS) {
          const checksum = sha256(statements.join(";"));
          if (applied.has(version)) {
            if (applied.get(version) !== checksum)
              throw new Error(`ledger migration ${version} (${name}) was edited after it had been applied: make a new version instead`);
            continue;
          }
          for (const statement of statements) await run(statement);
          await run("INSERT INTO schema_migrations (version, name, checksum) VALUES (:version, :name, :checksum)", {
            version,
            name,
            checksum,
          });
          fresh.push(version);
        }
        return fresh;
      }),

    writableAt: () => transaction(async (run) => Number((await run(WRITE_PROBE))[0]?.[0])).catch(() => undefined),
  };
}
