/** An order: the fields that a client submits. Whoever brings other fields changes this folder and nothing else. */
import * as v from "valibot";

const MAX_QUANTITY = 1_000_000_000;
const MAX_PRICE = 1_000_000_000;
const DECIMAL = /^\d{1,10}(\.\d{1,4})?$/;

export const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;

/** "223.8200" and 223.82 are one price: no leading or trailing zeros, at most four places. Undefined: not a price. */
export function canonicalPrice(value: string | number): string | undefined {
  const text = String(value);
  if (!DECIMAL.test(text)) return undefined;
  const [whole = "0", places = ""] = text.split(".");
  const kept = places.replace(/0+$/, "");
  const price = `${BigInt(whole)}${kept === "" ? "" : `.${kept}`}`;
  return Number(price) > 0 && Number(price) <= MAX_PRICE ? price : undefined;
}

const text = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern));

/** Each field with what it may be, in the words of a refusal. */
export const ORDER = v.object({
  accountId: v.pipe(text(ACCOUNT), v.description("1 to 64 letters, digits, _ or -")),
  symbol: v.pipe(text(/^[A-Z][A-Z0-9.-]{0,11}$/), v.description("1 to 12 of A-Z, 0-9, . or -, beginning with a letter")),
  side: v.pipe(v.picklist(["buy", "sell"]), v.description('"buy" or "sell"')),
  /** Whole shares. */
  quantity: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(MAX_QUANTITY),
    v.description(`a whole number from 1 to ${MAX_QUANTITY}`),
  ),
  /** US dollars; a decimal in its canonical form from here on ("223.82", never "223.8200"). */
  price: v.pipe(
    v.union([v.string(), v.number()]),
    v.transform(canonicalPrice),
    v.string(),
    v.description(`a decimal above 0 and up to ${MAX_PRICE}, at most 4 places, as number or string`),
  ),
});

/** A trade as a client submits it; all fields validated. */
export type TradeOrder = Readonly<v.InferOutput<typeof ORDER>>;

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
