import type { JournalEntry, Trade } from "./model";
import { checkOrder } from "./order-validation";

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
  const { accountId, symbol, side, quantity, price, tradeId, idempotencyKey, acceptedAt, acceptedRegion } = entry;
  return { accountId, symbol, side, quantity, price, tradeId, idempotencyKey, acceptedAt, acceptedRegion };
}

function tradeIn(body: string): Trade | undefined {
  let value: Partial<Trade> | null;
  try {
    value = JSON.parse(body) as Partial<Trade> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { accountId, symbol, side, quantity, price, tradeId, idempotencyKey, acceptedAt, acceptedRegion } = value;
  const checked = checkOrder({ accountId, symbol, side, quantity, price });
  const stamped = [tradeId, idempotencyKey, acceptedAt, acceptedRegion].every((text) => typeof text === "string" && text !== "");
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
