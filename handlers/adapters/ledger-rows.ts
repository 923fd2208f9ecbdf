import { rowOf } from "../trade/order";
import type { Trade, Settlement } from "../core/model";
import type { Decided } from "../ports";
import type { Row } from "./sql";

/** A batch as the statements take it, whatever the engine. */
export const batchOf = (trades: readonly (Trade | Decided)[]): string =>
  JSON.stringify(trades.map((trade) => ({ ...rowOf(trade), reason: "reason" in trade ? trade.reason : undefined })));

/** The rows of `JUDGE`, whatever the engine. */
export const settlementsOf = (rows: readonly Row[]): ReadonlyMap<string, Settlement> =>
  new Map(
    rows.flatMap(([id, reason]) => {
      if (id === null || id === undefined) return [];
      const tradeId = String(id);
      return [[tradeId, typeof reason === "string" ? { tradeId, outcome: "FAILED", reason } : { tradeId, outcome: "EXECUTED" }]] as const;
    }),
  );
