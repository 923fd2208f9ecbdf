import type { RDSDataClient } from "@aws-sdk/client-rds-data";
import type { Outcome, Settlement, Trade } from "../core/model";
import { MIGRATIONS } from "../ledger/migrations";
import type { Ledger } from "../ports";
import { inTransaction, isDataError, type Database, type Row, type Statement } from "./data-api";
import { sha256 } from "./hashing";
import { FENCE, MIGRATION_LOCK, MIGRATIONS_TABLE, OUTCOMES, RAISE_FENCE, SETTLE, WRITE_PROBE } from "./ledger-sql";

const idOf = (trade: Trade): string => trade.tradeId;

const rowOf = (trade: Trade) => ({
  trade_id: trade.tradeId,
  account_id: trade.accountId,
  symbol: trade.symbol,
  side: trade.side,
  quantity: trade.quantity,
  price: trade.price,
});

function settlementOf([tradeId, outcome, reason]: Row): Settlement {
  return { tradeId: String(tradeId), outcome: outcome as Outcome, ...(reason === null || reason === undefined ? {} : { reason: String(reason) }) };
}

async function outcomes(run: Statement, tradeIds: readonly string[]): Promise<Settlement[]> {
  return (await run(OUTCOMES, { ids: JSON.stringify(tradeIds) })).map(settlementOf);
}

/** The ledger in Aurora PostgreSQL. A cluster without a writer (the passive region's) rejects every call. */
export function ledgerPostgres(client: RDSDataClient, target: Database): Ledger {
  const transaction = <T>(body: (run: Statement) => Promise<T>) => inTransaction(client, target, body);

  return {
    settle: async (epoch, trades) => {
      try {
        return await transaction(async (run) => {
          const ledgerEpoch = Number((await run(FENCE))[0]?.[0] ?? 0);
          if (ledgerEpoch !== epoch) return { kind: "fenced", ledgerEpoch };
          await run(SETTLE, { epoch, batch: JSON.stringify(trades.map(rowOf)) });
          return { kind: "settled", settlements: await outcomes(run, trades.map(idOf)) };
        });
      } catch (error) {
        if (isDataError(error)) return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
        throw error;
      }
    },

    present: async (tradeIds) =>
      tradeIds.length === 0 ? new Set() : transaction(async (run) => new Set((await outcomes(run, tradeIds)).map((settlement) => settlement.tradeId))),

    raiseFence: (epoch) => transaction(async (run) => Number((await run(RAISE_FENCE, { epoch }))[0]?.[0])),

    migrate: () =>
      transaction(async (run) => {
        await run(MIGRATION_LOCK);
        await run(MIGRATIONS_TABLE);
        const applied = new Map((await run("SELECT version, checksum FROM schema_migrations")).map(([version, checksum]) => [Number(version), checksum]));
        const fresh: number[] = [];
        for (const { version, name, statements } of MIGRATIONS) {
          const checksum = sha256(statements.join(";"));
          if (applied.has(version)) {
            if (applied.get(version) !== checksum) throw new Error(`ledger migration ${version} (${name}) was edited after it had been applied: make a new version instead`);
            continue;
          }
          for (const statement of statements) await run(statement);
          await run("INSERT INTO schema_migrations (version, name, checksum) VALUES (:version, :name, :checksum)", { version, name, checksum });
          fresh.push(version);
        }
        return fresh;
      }),

    writable: () =>
      transaction(async (run) => {
        await run(WRITE_PROBE);
        return true;
      }).catch(() => false),
  };
}
