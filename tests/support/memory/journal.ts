import type { JournalEntry, Settlement } from "../../../handlers/core/model";
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

  async markSettled(settlement: Settlement, epoch: number, settledAt: string): Promise<"marked" | "already" | "stale"> {
    const entry = this.entries.get(settlement.tradeId);
    if (!entry) return "stale";
    if (entry.settledEpoch !== undefined && entry.settledEpoch >= epoch) {
      return entry.settledEpoch === epoch && entry.status === "SETTLED" ? "already" : "stale";
    }
    const { outcome, reason } = settlement;
    this.entries.set(entry.tradeId, { ...entry, status: "SETTLED", outcome, reason, settledEpoch: epoch, settledAt });
    return "marked";
  }

  async reopen(tradeId: string, markedEpoch: number): Promise<"reopened" | "changed"> {
    const entry = this.entries.get(tradeId);
    if (entry?.status !== "SETTLED" || entry.settledEpoch !== markedEpoch) return "changed";
    this.entries.set(tradeId, { ...entry, status: "ACCEPTED", outcome: undefined, reason: undefined, settledAt: undefined });
    return "reopened";
  }

  async pending(acceptedBefore: string, cursor?: string): Promise<Page> {
    return this.page(
      this.sorted((entry) => entry.status === "ACCEPTED" && entry.acceptedAt <= acceptedBefore),
      cursor,
    );
  }

  async settledByEarlierEpochs(settledAfter: string, belowEpoch: number, cursor?: string, lastMs?: number): Promise<Page> {
    const earlier = this.sorted((entry) => entry.status === "SETTLED" && (entry.settledEpoch ?? 0) < belowEpoch);
    const newest = new Map<number, string>();
    for (const { settledEpoch = 0, settledAt = "" } of earlier)
      if (settledAt > (newest.get(settledEpoch) ?? "")) newest.set(settledEpoch, settledAt);
    const begins = ({ settledEpoch = 0 }: JournalEntry): string => {
      if (lastMs === undefined) return settledAfter;
      const last = new Date(Date.parse(newest.get(settledEpoch) ?? settledAfter) - lastMs).toISOString();
      return last < settledAfter ? last : settledAfter;
    };
    return this.page(
      earlier.filter((entry) => (entry.settledAt ?? "") >= begins(entry)),
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
