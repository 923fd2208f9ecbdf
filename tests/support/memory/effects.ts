import type { Settlement, Trade } from "../../../handlers/core/model";
import type { AuditLog, Log, Metrics, Refusal, Sessions, TradeEvents, TradeQueue } from "../../../handlers/ports";

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const noMetrics: Metrics = { put: () => undefined };

/** Queues of all regions; a region's port sends to its own or, by name, to another's. */
export class MemoryQueues {
  private readonly byRegion = new Map<string, Trade[]>();

  of(region: string): Trade[] {
    const queue = this.byRegion.get(region) ?? [];
    this.byRegion.set(region, queue);
    return queue;
  }

  port(region: string): TradeQueue {
    const push = (target: string, trades: readonly Trade[]) => void this.of(target).push(...trades);
    const sendTo = async (target: string, trades: readonly Trade[]): Promise<readonly string[]> => {
      push(target, trades);
      return [];
    };
    return { send: async (trades) => push(region, trades), sendTo };
  }
}

/** Audit log, sessions and events that remember what they were told. */
export class MemoryEffects {
  readonly audited: string[] = [];
  readonly announced: string[] = [];
  readonly placed: string[] = [];
  readonly refused: Refusal[] = [];
  readonly sessions = new Map<string, string>();

  readonly audit: AuditLog = {
    record: async (_epoch: number, trades: readonly Trade[]) => void this.audited.push(...trades.map((trade) => trade.tradeId)),
  };
  readonly events: TradeEvents = {
    placed: async (trades: readonly Trade[]) => void this.placed.push(...trades.map(({ tradeId }) => tradeId)),
    refused: async (refusal) => void this.refused.push(refusal),
    settled: async (_epoch: number, _trades: readonly Trade[], settlements: readonly Settlement[]) => {
      this.announced.push(...settlements.map((settlement) => settlement.tradeId));
      return { refused: [], reason: "" };
    },
  };
  readonly touch: Sessions = {
    touch: async (accountId: string, tradeId: string) => void this.sessions.set(accountId, tradeId),
  };
}
