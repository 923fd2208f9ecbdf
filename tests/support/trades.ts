import type { Trade } from "../../handlers/core/model";

/** The n-th trade's id, 32 hex digits. */
export const id = (n: number): string => n.toString(16).padStart(32, "0");

/** A trade as the queue carries it; only its id and key tell it from the others. */
export const trade = (n: number): Trade => ({
  tradeId: id(n),
  idempotencyKey: `key-${n}`,
  accountId: "acc",
  symbol: "AMZN",
  side: "buy",
  quantity: 1,
  price: "1",
  acceptedAt: "2030-01-01T00:00:00.000Z",
  acceptedRegion: "us-east-1",
});
