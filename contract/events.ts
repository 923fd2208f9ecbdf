/** Events on a region's bus. */

export const EVENT_SOURCE = "trade-failover";

/** Detail types of what befalls a trade, by its outcome. */
export const TRADE_EVENTS = { EXECUTED: "Trade Executed", FAILED: "Trade Failed" } as const;
