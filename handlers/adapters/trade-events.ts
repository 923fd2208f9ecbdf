import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { EVENT_SOURCE, TRADE_EVENTS } from "../../contract/events";
import { inParallel } from "../core/in-parallel";
import type { TradeEvents } from "../ports";
import { placementOf, recordOf } from "../trade/record";
import { limits } from "./clients";
import type { Environment } from "./environment";

/** EventBridge takes ten entries a call. */
const BATCH = 10;
const BATCHES_AT_ONCE = 8;

/** A bus that takes nine of ten is asked again for the tenth before the whole trade is delivered again. */
const ROUNDS = 3;
const PAUSE_MS = 100;

interface Announcement {
  readonly tradeId: string;
  readonly entry: PutEventsRequestEntry;
}

/** What befalls a trade, on the region's bus: consumers deduplicate by detail type and `detail.tradeId`. */
export function tradeEvents({ EVENT_BUS_NAME: busName }: Environment<"events.put">): TradeEvents {
  const client = new EventBridgeClient(limits(2_000));

  /** What the bus did not take, and why. */
  const put = async (announcements: readonly Announcement[]): Promise<{ left: Announcement[]; reason: string }> => {
    const left: Announcement[] = [];
    let reason = "";
    const batches = Array.from({ length: Math.ceil(announcements.length / BATCH) }, (_, i) =>
      announcements.slice(i * BATCH, (i + 1) * BATCH),
    );
    await inParallel(BATCHES_AT_ONCE, batches, async (batch) => {
      const answer = await client.send(new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }));
      if (!answer.FailedEntryCount) return;
      // Answered in the order of the request.
      const refused = batch.filter((_, i) => answer.Entries?.[i]?.EventId === undefined);
      left.push(...refused);
      reason ||= answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? "no reason was given";
    });
    return { left, reason };
  };

  const entryOf = (DetailType: string, Detail: string): PutEventsRequestEntry => ({
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType,
    Detail,
  });

  return {
    placed: async (trades) => {
      const { left, reason } = await put(
        trades.map((trade) => ({ tradeId: trade.tradeId, entry: entryOf(TRADE_EVENTS.PLACED, placementOf(trade)) })),
      );
      if (left.length > 0) throw new Error(`the bus did not take ${left.length} of ${trades.length} events: ${reason}`);
    },
    refused: async (refusal) => {
      const { left, reason } = await put([{ tradeId: "", entry: entryOf(TRADE_EVENTS.REFUSED, JSON.stringify(refusal)) }]);
      if (left.length > 0) throw new Error(`the bus did not take the event: ${reason}`);
    },
    settled: async (epoch, trades, settlements) => {
      const byId = new Map(trades.map((trade) => [trade.tradeId, trade]));
      let open = settlements.map((settlement): Announcement => {
        const detail = recordOf(byId.get(settlement.tradeId), settlement, epoch);
        return { tradeId: settlement.tradeId, entry: entryOf(TRADE_EVENTS[settlement.outcome], detail) };
      });
      for (let round = 1; ; round++) {
        const { left, reason } = await put(open);
        if (left.length === 0 || round === ROUNDS) return { refused: left.map(({ tradeId }) => tradeId), reason };
        open = left;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * round));
      }
    },
  };
}
