import { randomUUID } from "node:crypto";
import { MIGRATIONS } from "../trade/migrations";
import type { Ledger } from "../ports";
import { sha256 } from "./hashing";
import { batchOf, settlementsOf } from "./ledger-rows";
import type { Row, SqlTransport } from "./sql";
import {
  BEGIN_ANEW,
  FENCE,
  HOLDS,
  JUDGE,
  MIGRATION_LOCK,
  MIGRATIONS_TABLE,
  PRESENT,
  RAISE_FENCE,
  SETTLE,
  WRITE_PROBE,
} from "../trade/ledger-sql";

/** The ledger in Aurora PostgreSQL, as `region` uses it. A cluster without a writer (the passive region's) rejects every call. */
export function ledgerPostgres({ transaction, statement: run, isDataError }: SqlTransport, region: string): Ledger {
  const fence = async (): Promise<{ ledgerEpoch: number; holder: string }> => {
    const [ledgerEpoch = 0, holder = ""] = (await run(FENCE))[0] ?? [];
    return { ledgerEpoch: Number(ledgerEpoch), holder: String(holder) };
  };
  const standing = (rows: Row[], epoch: number): Row[] => {
    if (rows.length === 0) throw new Error(`the ledger of this region is not at epoch ${epoch}`);
    return rows;
  };

  return {
    settle: async (epoch, head, trades) => {
      const id = randomUUID();
      const values = { epoch, region, head_seq: head.seq, head: head.id, link: id, batch: batchOf(trades) };
      let rows;
      try {
        rows = await run(SETTLE, values);
      } catch (error) {
        if (isDataError(error)) return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
        throw error;
      }
      if (rows.length === 0) {
        const { ledgerEpoch, holder } = await fence();
        return ledgerEpoch === epoch && holder === region ? { kind: "astray" } : { kind: "fenced", ledgerEpoch };
      }
      const fresh = new Set(rows.flatMap(([, tradeId]) => (tradeId === null ? [] : [String(tradeId)])));
      return { kind: "settled", fresh, link: { seq: Number(rows[0]?.[0]), id } };
    },

    judge: async (epoch, trades) => {
      const rows = await run(JUDGE, { epoch, region, batch: batchOf(trades) });
      if (rows.length === 0) return { kind: "fenced", ledgerEpoch: (await fence()).ledgerEpoch };
      return { kind: "judged", settlements: settlementsOf(rows) };
    },

    present: async (epoch, tradeIds) => {
      const rows = standing(await run(PRESENT, { epoch, region, ids: JSON.stringify(tradeIds) }), epoch);
      return new Set(rows.flatMap(([tradeId]) => (tradeId === null || tradeId === undefined ? [] : [String(tradeId)])));
    },

    holds: async (epoch, links) => {
      const rows = standing(await run(HOLDS, { epoch, region, links: JSON.stringify(links.map(({ seq, id }) => ({ seq, id }))) }), epoch);
      return Number(rows[0]?.[0]) === links.length;
    },

    beginAnew: async (epoch, after) => {
      const id = randomUUID();
      const [row] = standing(await run(BEGIN_ANEW, { epoch, region, after, link: id }), epoch);
      return { link: { seq: Number(row?.[0]), id }, confirmed: Number(row?.[1]) };
    },

    raiseFence: async (epoch) => Number((await run(RAISE_FENCE, { epoch, region }))[0]?.[0]),

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

    // In a transaction, and not alone: what counts is a commit.
    writableAt: () => transaction(async (run) => Number((await run(WRITE_PROBE))[0]?.[0])).catch(() => undefined),
  };
}
