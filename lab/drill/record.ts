import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DrillOrder } from "./stream";

/** `dns`: follows the public name and its TTL. `smart`: client/, knows both endpoints. */
export type ClientKind = "dns" | "smart";

/** One request of a client and what came of it. Times are milliseconds since the stream began. */
export interface TryRecord {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly region: string;
  /** 0: no answer. */
  readonly status: number;
  readonly error: string;
  /** The region asked for a session, and the client opened one there. */
  readonly openedSession?: boolean;
}

/** What one client knows about one of its trades. Only the client writes it. */
export interface TradeRecord {
  readonly scenario: string;
  readonly client: number;
  readonly kind: ClientKind;
  /** Region near which it asks DNS. */
  readonly near?: string;
  /** Who sends it, as the platform knows the caller. */
  readonly caller: string;
  readonly key: string;
  readonly order: DrillOrder;
  readonly dueMs: number;
  readonly tries: TryRecord[];
  /** Set once the client has seen a 202. */
  accepted?: { readonly atMs: number; readonly tradeId: string; readonly acceptedAt: string; readonly acceptedRegion: string };
  /** Set when the platform refused it for good. */
  rejected?: { readonly atMs: number; readonly status: number; readonly title: string };
}

/** A client's own record: in memory for the checker, line by line on disk for people. */
export class RecordBook {
  readonly trades: TradeRecord[] = [];
  private readonly file: string;
  private lines: string[] = [];

  constructor(folder: string, client: number) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, `client-${client + 1}.ndjson`);
  }

  open(trade: Omit<TradeRecord, "tries">): TradeRecord {
    const record: TradeRecord = { ...trade, tries: [] };
    this.trades.push(record);
    this.note({ event: "sent", key: record.key, atMs: record.dueMs, near: record.near, ...record.order });
    return record;
  }

  tried(record: TradeRecord, outcome: TryRecord): void {
    record.tries.push(outcome);
    this.note({ event: "answer", key: record.key, ...outcome });
  }

  accepted(record: TradeRecord, accepted: NonNullable<TradeRecord["accepted"]>): void {
    record.accepted = accepted;
    this.note({ event: "accepted", key: record.key, ...accepted });
  }

  rejected(record: TradeRecord, rejected: NonNullable<TradeRecord["rejected"]>): void {
    record.rejected = rejected;
    this.note({ event: "rejected", key: record.key, ...rejected });
  }

  /** Lines are buffered and written in batches: one write for each trade would disturb the measurement. */
  flush(): void {
    if (this.lines.length === 0) return;
    appendFileSync(this.file, `${this.lines.join("\n")}\n`);
    this.lines = [];
  }

  private note(line: Record<string, unknown>): void {
    this.lines.push(JSON.stringify(line));
  }
}
