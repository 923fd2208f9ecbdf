import { randomUUID } from "node:crypto";
import type { Link } from "../core/model";
import type { Decided, Ledger, SettleResult } from "../ports";
import { MYSQL_MIGRATIONS } from "../trade/mysql-migrations";
import * as sql from "../trade/mysql-ledger-sql";
import { sha256 } from "./hashing";
import { batchOf, settlementsOf } from "./ledger-rows";
import type { Row, SqlTransport, Statement } from "./sql";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The ledger in Aurora MySQL, as `region` uses it. A cluster without a writer (the passive region's) rejects every call. */
export function ledgerMysql({ transaction, statement: runAlone, isDataError }: SqlTransport, region: string): Ledger {
  const standing = (rows: Row[], epoch: number): Row => {
    const [row] = rows;
    if (row === undefined) throw new Error(`the ledger of this region is not at epoch ${epoch}`);
    return row;
  };

  const fenced = async (run: Statement): Promise<{ readonly kind: "fenced"; readonly ledgerEpoch: number }> => {
    const [ledgerEpoch = 0] = (await run(sql.FENCE))[0] ?? [];
    return { kind: "fenced", ledgerEpoch: Number(ledgerEpoch) };
  };

  /** Under the fence's lock: nobody else settles, so what is not there now is fresh. */
  const settleUnderLock = async (run: Statement, epoch: number, head: Link, trades: readonly Decided[]): Promise<SettleResult> => {
    const [fence] = await run(sql.LOCK_FENCE, { epoch, region });
    if (fence === undefined) return fenced(run);
    if ((await run(sql.HOLDS_HEAD, { head_seq: head.seq, head: head.id })).length === 0) return { kind: "astray" };
    const link: Link = { seq: Number(fence[0]) + 1, id: randomUUID() };
    await run(sql.ADVANCE, { seq: link.seq, head_seq: head.seq });
    await run(sql.LINK, { seq: link.seq, link: link.id });
    await run(sql.FORGET, { head_seq: head.seq });
    const known = new Set((await run(sql.KNOWN, { ids: JSON.stringify(trades.map(({ tradeId }) => tradeId)) })).map(([id]) => String(id)));
    const fresh = trades.filter(({ tradeId }) => !known.has(tradeId));
    const ids = fresh.map(({ tradeId }) => tradeId);
    if (fresh.length > 0) {
      await run(sql.INSERT_TRADES, { epoch, batch: batchOf(fresh) });
      await run(sql.MOVE_POSITIONS, { ids: JSON.stringify(ids) });
    }
    return { kind: "settled", fresh: new Set(ids), link };
  };

  return {
    settle: async (epoch, head, trades) => {
      try {
        return await transaction((run) => settleUnderLock(run, epoch, head, trades));
      } catch (error) {
        if (isDataError(error)) return { kind: "refused", reason: textOf(error) };
        throw error;
      }
    },

    judge: async (epoch, trades) => {
      const rows = await runAlone(sql.JUDGE, { epoch, region, batch: batchOf(trades) });
      return rows.length === 0 ? fenced(runAlone) : { kind: "judged", settlements: settlementsOf(rows) };
    },

    present: async (epoch, tradeIds) => {
      const rows = await runAlone(sql.PRESENT, { epoch, region, ids: JSON.stringify(tradeIds) });
      standing(rows, epoch);
      return new Set(rows.flatMap(([tradeId]) => (tradeId === null || tradeId === undefined ? [] : [String(tradeId)])));
    },

    holds: async (epoch, links) => {
      const asked = JSON.stringify(links.map(({ seq, id }) => ({ seq, id })));
      return Number(standing(await runAlone(sql.HOLDS, { epoch, region, links: asked }), epoch)[0]) === links.length;
    },

    beginAnew: (epoch, after) =>
      transaction(async (run) => {
        const [seq, confirmed] = standing(await run(sql.LOCK_FENCE, { epoch, region }), epoch);
        const link: Link = { seq: Math.max(Number(seq), after) + 1, id: randomUUID() };
        await run(sql.ADVANCE, { seq: link.seq, head_seq: Number(confirmed) });
        await run(sql.LINK, { seq: link.seq, link: link.id });
        return { link, confirmed: Number(confirmed) };
      }),

    raiseFence: (epoch) =>
      transaction(async (run) => {
        await run(sql.RAISE_FENCE, { epoch, region });
        return Number((await run(sql.FENCE))[0]?.[0]);
      }),

    migrate: async () => {
      await runAlone(sql.MIGRATIONS_TABLE);
      const applied = new Map(
        (await runAlone("SELECT version, checksum FROM schema_migrations")).map(([version, checksum]) => [Number(version), checksum]),
      );
      const fresh: number[] = [];
      for (const { version, name, statements } of MYSQL_MIGRATIONS) {
        const checksum = sha256(statements.join(";"));
        if (applied.has(version)) {
          if (applied.get(version) !== checksum)
            throw new Error(`ledger migration ${version} (${name}) was edited after it had been applied: make a new version instead`);
          continue;
        }
        for (const statement of statements) await runAlone(statement);
        await runAlone(sql.MIGRATED, { version, name, checksum });
        fresh.push(version);
      }
      return fresh;
    },

    // In a transaction, and not alone: what counts is a commit.
    writableAt: () =>
      transaction(async (run) => {
        await run(sql.WRITE_PROBE);
        const [row] = await run(sql.PROBED);
        return row === undefined ? undefined : Number(row[0]);
      }).catch(() => undefined),
  };
}
