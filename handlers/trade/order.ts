/** An order: the fields that a client submits. Whoever brings other fields changes this folder and nothing else. */

export type Side = "buy" | "sell";

/** A trade as a client submits it; all fields validated. */
export interface TradeOrder {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Whole shares, 1 to 1e9. */
  readonly quantity: number;
  /** US dollars, a decimal with at most 4 places, canonical ("223.82", never "223.8200"). */
  readonly price: string;
}

/** The order in something that has more, or may lack some of it. */
export const orderOf = <T extends Partial<TradeOrder>>({ accountId, symbol, side, quantity, price }: T) =>
  ({ accountId, symbol, side, quantity, price }) as Pick<T, keyof TradeOrder>;

/** Equal for equal orders, whatever the order of their fields or the zeros of their price. */
export const fingerprintText = ({ accountId, symbol, side, quantity, price }: TradeOrder): string =>
  JSON.stringify([accountId, symbol, side, quantity, price]);

/** A trade as the ledger's statements take it, whatever the engine. */
export const rowOf = ({ tradeId, ...order }: TradeOrder & { readonly tradeId: string }) => ({
  trade_id: tradeId,
  account_id: order.accountId,
  symbol: order.symbol,
  side: order.side,
  quantity: order.quantity,
  price: order.price,
});
