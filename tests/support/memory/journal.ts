import { decisionOf } from "../../../handlers/core/messages";
import type { JournalEntry, Mark, Settlement } from "../../../handlers/core/model";
import type { Accepted, Journal } from "../../../handlers/ports";

type Page = { entries: JournalEntry[]; cursor?: string };

/** The journal's rules in memory: the same conditions as the table's, in one step each. */
export class MemoryJournal implements Journal {
  readonly entries = new Map<string, JournalEntry>();

  constructor(private readonly pageSize = 3) {}

  async accept(entry: JournalEntry): Promise<Accepted> {
    const existing = this.entries.get(entry.tradeId);
    if (existing) return { kind: "exists", entry: existing };
    this.entries.set(entry.tradeId, entry);
    return { kind: "accepted" };
  }

  async get(tradeId: string): Promise<JournalEntry | undefined> {
    return this.entries.get(tradeId);
  }

  async listByAccount(accountId: string, limit: number, cursor?: string): Promise<Page | "badCursor"> {
    if (cursor !== undefined && !/^\d+$/.test(cursor)) return "badCursor";
    const from = Number(cursor ?? 0);
    const all = [...this.entries.values()].filter((entry) => entry.accountId === accountId);
    const newestFirst = all.sort((a, b) => b.acceptedAt.localeCompare(a.acceptedAt));
    return { entries: newestFirst.slice(from, from + limit), cursor: from + limit < all.length ? String(from + limit) : undefined };
  }

  async getAll(tradeIds: readonly string[]): Promise<ReadonlyMap<string, JournalEntry>> {
    return new Map(tradeIds.flatMap((tradeId) => this.entries.get(tradeId) ?? []).map((entry) => [entry.tradeId, entry]));
  }

  async decide(settlement: Settlement): Promise<Settlement | undefined> {
    const entry = this.entries.get(settlement.tradeId);
    if (entry && entry.outcome === undefined) this.entries.set(entry.tradeId, { ...entry, ...settlement });
    return decisionOf(this.entries.get(settlement.tradeId));
  }

  async markSettled(tradeId: string, { epoch, seq }: Mark, settledAt: string): Promise<"marked" | "already" | "stale"> {
    const entry = this.entries.get(tradeId);
    if (!entry) return "stale";
    if (entry.settledSeq !== undefined && entry.settledSeq >= seq) return entry.status === "SETTLED" ? "already" : "stale";
    this.entries.set(entry.tradeId, { ...entry, status: "SETTLED", settledEpoch: epoch, settledSeq: seq, settledAt });
    return "marked";
  }

  async reopen(tradeId: string, markedSeq: number, floor: number): Promise<"reopened" | "changed"> {
    const entry = this.entries.get(tradeId);
    if (entry?.status !== "SETTLED" || entry.settledSeq !== markedSeq) return "changed";
    const open = { status: "ACCEPTED", settledAt: undefined, settledSeq: floor } as const;
    this.entries.set(tradeId, { ...entry, ...open });
    return "reopened";
  }

  async pending(acceptedBefore: string, cursor?: string): Promise<Page> {
    return this.page(
      this.sorted((entry) => entry.status === "ACCEPTED" && entry.acceptedAt <= acceptedBefore),
      cursor,
    );
  }

  async pendingCount(acceptedBefore: string, cursor?: string): Promise<{ count: number; cursor?: string }> {
    const { entries, cursor: next } = await this.pending(acceptedBefore, cursor);
    return { count: entries.length, cursor: next };
  }

  apart(cursor: string): readonly string[] {
    return [cursor];
  }

  async marked(from: number, to: number, cursor?: string): Promise<Page> {
    return this.page(
      this.sorted(({ status, settledSeq = 0 }) => status === "SETTLED" && settledSeq >= from && settledSeq <= to),
      cursor,
    );
  }

  private sorted(match: (entry: JournalEntry) => boolean): JournalEntry[] {
    return [...this.entries.values()].filter(match).sort((a, b) => a.tradeId.localeCompare(b.tradeId));
  }

  /** A cursor is the last id given, so a page is right also when entries left the list in the meantime. */
  private page(sorted: JournalEntry[], cursor: string | undefined): Page {
    const rest = cursor === undefined ? sorted : sorted.filter((entry) => entry.tradeId > cursor);
    const entries = rest.slice(0, this.pageSize);
    return { entries, cursor: rest.length > this.pageSize ? entries.at(-1)?.tradeId : undefined };
  }
}
