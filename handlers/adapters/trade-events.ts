import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { TradeEvents } from "../ports";
import { limits } from "./clients";

/** EventBridge takes ten entries a call. */
const BATCH = 10;
export const EVENT_SOURCE = "trade-failover";

/** `Trade Executed` and `Trade Failed` on the region's bus, at least once each: consumers deduplicate by `detail.tradeId`. */
export function tradeEvents(busName: string): TradeEvents {
  const client = new EventBridgeClient(limits(2_000));
  return {
    settled: async (epoch, trades, settlements) => {
      const byId = new Map(trades.map((trade) => [trade.tradeId, trade]));
      const entries = settlements.map((settlement) => ({
        EventBusName: busName,
        Source: EVENT_SOURCE,
        DetailType: settlement.outcome === "EXECUTED" ? "Trade Executed" : "Trade Failed",
        Detail: JSON.stringify({ ...byId.get(settlement.tradeId), ...settlement, epoch }),
      }));
      for (let i = 0; i < entries.length; i += BATCH) {
        const answer = await client.send(new PutEventsCommand({ Entries: entries.slice(i, i + BATCH) }));
        if ((answer.FailedEntryCount ?? 0) > 0) throw new Error(`${answer.FailedEntryCount} trade events were not taken by bus ${busName}`);
      }
    },
  };
}
