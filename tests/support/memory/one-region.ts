import { sha256 } from "../../../handlers/adapters/hashing";
import type { Trade } from "../../../handlers/core/model";
import type { SettlementPorts } from "../../../handlers/core/settlement";
import { MemoryChainStore } from "./chain-store";
import { VirtualClock } from "./clock";
import { MemoryEffects, MemoryQueues, noMetrics, silentLog } from "./effects";
import { MemoryJournal } from "./journal";
import { MemoryLeaseStore } from "./lease-store";
import { MemoryLedger } from "./ledger";

export function trade(n: number, accountId = "acc"): Trade {
  return {
    tradeId: sha256(`trade:${n}`).slice(0, 32),
    idempotencyKey: `key-${n}`,
    accountId,
    symbol: "AMZN",
    side: "buy",
    quantity: n,
    price: "1.5",
    acceptedAt: new Date(Date.parse("2030-01-01T00:00:00.000Z") + n).toISOString(),
    acceptedRegion: "east",
  };
}

/** The east, whose ledger and queue are here; `trades` are in the journal. */
export async function setUp(trades: readonly Trade[] = [], holder = "east") {
  const clock = new VirtualClock();
  const journal = new MemoryJournal();
  for (const each of trades) await journal.accept({ ...each, fingerprint: "f", status: "ACCEPTED" });
  // The holder raised the fence; where that is the other region, replication has brought the row here.
  const raisedBy = new MemoryLedger(holder);
  await raisedBy.raiseFence(1);
  const ledger = new MemoryLedger("east");
  ledger.copyFrom(raisedBy);
  const queues = new MemoryQueues();
  const effects = new MemoryEffects();
  const ports = {
    lease: new MemoryLeaseStore({ holder, epoch: 1, renewals: 0 }),
    chain: new MemoryChainStore(),
    ledger,
    journal,
    queue: queues.port("east"),
    audit: effects.audit,
    sessions: effects.touch,
    events: effects.events,
    clock,
    log: silentLog,
    metrics: noMetrics,
    region: "east",
  } satisfies SettlementPorts;
  return { clock, journal, ledger, queues, effects, ports };
}

export const ids = (trades: readonly Trade[]): string[] => trades.map((each) => each.tradeId);
