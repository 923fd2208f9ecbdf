import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { inParallel } from "../core/in-parallel";
import type { TradeEvents } from "../ports";
import { limits } from "./clients";

/** EventBridge takes ten entries a call. */
const BATCH = 10;
const BATCHES_AT_ONCE = 8;
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
      const batches = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, i) => entries.slice(i * BATCH, (i + 1) * BATCH));
      await inParallel(BATCHES_AT_ONCE, batches, async (batch) => {
        const answer = await client.send(new PutEventsCommand({ Entries: batch }));
        if ((answer.FailedEntryCount ?? 0) > 0) throw new Error(`${answer.FailedEntryCount} trade events were not taken by bus ${busName}`);
      });
    },
  };
}
