import type { JournalEntry, Settlement, Trade } from "./model";
import { orderOf } from "../trade/order";
import { checkOrder, KEY } from "../trade/order-validation";

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

/** What a queue delivered: trades by message id, and the ids of messages that are no trades. */
export interface Parsed {
  readonly trades: ReadonlyMap<string, Trade>;
  readonly poison: readonly string[];
}

/** The trade of a journal entry, without what the journal keeps about it: what goes into a queue. */
export function tradeOf(entry: JournalEntry): Trade {
  const { tradeId, idempotencyKey, caller, acceptedAt, acceptedRegion } = entry;
  return { ...orderOf(entry), tradeId, idempotencyKey, ...(caller === undefined ? {} : { caller }), acceptedAt, acceptedRegion };
}

/** What was decided about a trade; undefined: nothing yet, or there is no such trade. */
export function decisionOf(entry: JournalEntry | undefined): Settlement | undefined {
  if (entry?.outcome === undefined) return undefined;
  const { tradeId, outcome, reason } = entry;
  return { tradeId, outcome, ...(reason === undefined ? {} : { reason }) };
}

/** Ids become parts of keys and of batches in the steps after: one that intake never gives must not fail those of its neighbours. */
export const TRADE_ID = /^[0-9a-f]{32}$/;
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const REGION = /^[a-z0-9-]{1,32}$/;
const matches = (pattern: RegExp, value: unknown): boolean => typeof value === "string" && pattern.test(value);

function tradeIn(body: string): Trade | undefined {
  let value: Partial<Trade> | null;
  try {
    value = JSON.parse(body) as Partial<Trade> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { tradeId, idempotencyKey, acceptedAt, acceptedRegion } = value;
  const checked = checkOrder(orderOf(value));
  const stamped =
    matches(TRADE_ID, tradeId) && matches(KEY, idempotencyKey) && matches(INSTANT, acceptedAt) && matches(REGION, acceptedRegion);
  if ("errors" in checked || !stamped) return undefined;
  return { ...checked.order, tradeId, idempotencyKey, acceptedAt, acceptedRegion } as Trade;
}

/** A message that is no trade fails alone. */
export function parseMessages(messages: readonly QueueMessage[]): Parsed {
  const trades = new Map<string, Trade>();
  const poison: string[] = [];
  for (const { messageId, body } of messages) {
    const trade = tradeIn(body);
    if (trade) trades.set(messageId, trade);
    else poison.push(messageId);
  }
  return { trades, poison };
}
