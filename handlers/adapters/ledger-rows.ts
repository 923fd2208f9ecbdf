import type { Outcome, Settlement, Trade } from "../core/model";
import type { Row } from "./sql";

/** A trade as the statements take it, whatever the engine. */
export const rowOf = (trade: Trade) => ({
  trade_id: trade.tradeId,
  account_id: trade.accountId,
  symbol: trade.symbol,
  side: trade.side,
  quantity: trade.quantity,
  price: trade.price,
});

export function settlementOf([tradeId, outcome, reason]: Row): Settlement {
  return {
    tradeId: String(tradeId),
    outcome: outcome as Outcome,
    ...(reason === null || reason === undefined ? {} : { reason: String(reason) }),
  };
}
