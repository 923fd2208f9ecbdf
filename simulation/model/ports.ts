/** The real ports, each call of which asks the model. Trades travel as their names, so that a world stays small. */
import type { Doubt, Head, JournalEntry, Lease, Link, Mark, Settlement, Taking, Trade } from "../../handlers/core/model";
import type * as real from "../../handlers/ports";
import type { Ask } from "./replay";
import type { Entry, Region } from "./world";

const THEN = "2025-01-01T00:00:00.000Z";
/** Trades were accepted and marked at `THEN`; all cores run within the hour after it. */
const NOW = Date.parse(THEN) + 60_000;

const orderOf = (name: string) => ({
  accountId: "account",
  symbol: "AMZN",
  side: "buy" as const,
  quantity: name.charCodeAt(0),
  price: "1",
});
/** With `hash` for SHA-256 a trade's id says its name; one letter. */
export const hash = (text: string): string => text;
/** The only one who trades. */
export const CALLER = { id: "us", accounts: ["*"] };
const IDS = `trade:${CALLER.id}\n`;
const idOf = (name: string): string => `${IDS}${name}`;
const nameOf = (tradeId: string): string => tradeId.replace(IDS, "");

export const tradeNamed = (name: string): Trade => ({
  ...orderOf(name),
  tradeId: idOf(name),
  idempotencyKey: name,
  acceptedAt: THEN,
  acceptedRegion: "east",
});
export const bodyOf = (name: string): string => JSON.stringify(orderOf(name));
const names = (trades: readonly { readonly tradeId: string }[]): string[] => trades.map(({ tradeId }) => nameOf(tradeId));
/** Nothing is restricted in the model: what becomes of a trade is decided at once. */
const settlementOf = ({ tradeId }: Pick<Trade, "tradeId">): Settlement => ({ tradeId, outcome: "EXECUTED" });

function entryOf(name: string, { status, settledEpoch, settledSeq }: Entry): JournalEntry {
  const { accountId, symbol, side, quantity, price } = orderOf(name);
  const fingerprint = hash(JSON.stringify([accountId, symbol, side, quantity, price]));
  return { ...tradeNamed(name), fingerprint, status, ...(settledEpoch === undefined ? {} : { settledEpoch, settledSeq, settledAt: THEN }) };
}

const nothing = (): void => undefined;
export const log: real.Log = { info: nothing, warn: nothing, error: nothing };
export const metrics: real.Metrics = { put: nothing };

export const leasePort = (ask: Ask) => ({
  read: () => ask("lease", "read") as Promise<Lease>,
  take: async (holder: string, expected: number, { renewals, forced = false }: Taking = {}) =>
    ((await ask("lease", "take", holder, expected, renewals ?? null, forced)) ?? undefined) as Lease | undefined,
  refrain: (epoch: number) => ask("lease", "refrain", epoch) as Promise<boolean>,
  resign: (holder: string, epoch: number) => ask("lease", "resign", holder, epoch) as Promise<boolean>,
  renew: async (holder: string, epoch: number) => ((await ask("lease", "renew", holder, epoch)) ?? undefined) as Lease | undefined,
  recordPromotion: (holder: string, epoch: number) => ask("lease", "recordPromotion", holder, epoch) as Promise<boolean>,
});

export const journalPort = (ask: Ask) => ({
  accept: async (entry: JournalEntry): Promise<real.Accepted> => {
    const name = nameOf(entry.tradeId);
    const before = (await ask("journal", "accept", name)) as Entry | null;
    return before ? { kind: "exists", entry: entryOf(name, before) } : { kind: "accepted" };
  },
  get: async (tradeId: string) => {
    const entry = (await ask("journal", "get", nameOf(tradeId))) as Entry | null;
    return entry ? entryOf(nameOf(tradeId), entry) : undefined;
  },
  getAll: async (tradeIds: readonly string[]) => {
    const found = (await ask("journal", "getAll", tradeIds.map(nameOf))) as [string, Entry][];
    return new Map(found.map(([name, entry]) => [idOf(name), entryOf(name, entry)]));
  },
  decide: async (settlement: Settlement) => settlement,
  markSettled: (tradeId: string, { epoch, seq }: Mark) =>
    ask("journal", "markSettled", nameOf(tradeId), epoch, seq) as Promise<"marked" | "already" | "stale">,
  reopen: (tradeId: string, markedSeq: number, floor: number) =>
    ask("journal", "reopen", nameOf(tradeId), markedSeq, floor) as Promise<"reopened" | "changed">,
  pending: async (acceptedBefore: string) => {
    const found = (await ask("journal", "pending")) as string[];
    return { entries: found.filter(() => THEN <= acceptedBefore).map((name) => entryOf(name, { status: "ACCEPTED" })) };
  },
  /** Tells a metric, and decides nothing. */
  pendingCount: async () => ({ count: 0 }),
  apart: (cursor: string) => [cursor],
  marked: async (from: number, to: number) => {
    const found = (await ask("journal", "marked", from, to)) as [string, Entry][];
    return { entries: found.map(([name, entry]) => entryOf(name, entry)) };
  },
});

export const chainPort = (ask: Ask) => ({
  read: () => ask("chain", "read") as Promise<Head>,
  create: (head: Head) => ask("chain", "create", head) as Promise<boolean>,
  advance: (from: Head, link: Link) => ask("chain", "advance", from, link) as Promise<boolean>,
  replace: (from: Head, to: Head) => ask("chain", "replace", from, to) as Promise<boolean>,
  doubt: (base: number, doubt: Doubt | undefined) => ask("chain", "doubt", base, doubt ?? null) as Promise<boolean>,
});

export const ledgerPort = (ask: Ask) => ({
  settle: async (epoch: number, { seq, id }: Link, trades: readonly Trade[]): Promise<real.SettleResult> => {
    const answer = (await ask("ledger", "settle", epoch, { seq, id }, names(trades))) as
      { fencedAt: number } | { astray: true } | { fresh: string[]; link: Link };
    if ("fencedAt" in answer) return { kind: "fenced", ledgerEpoch: answer.fencedAt };
    if ("astray" in answer) return { kind: "astray" };
    return { kind: "settled", fresh: new Set(answer.fresh.map(idOf)), link: answer.link };
  },
  judge: async (_epoch: number, trades: readonly Trade[]): Promise<real.Judged> => ({
    kind: "judged",
    settlements: new Map(trades.map((trade) => [trade.tradeId, settlementOf(trade)])),
  }),
  holds: (epoch: number, links: readonly Link[]) =>
    ask(
      "ledger",
      "holds",
      epoch,
      links.map(({ seq, id }) => ({ seq, id })),
    ) as Promise<boolean>,
  beginAnew: (epoch: number, after: number) =>
    ask("ledger", "beginAnew", epoch, after) as Promise<{ readonly link: Link; readonly confirmed: number }>,
  present: async (epoch: number, tradeIds: readonly string[]) =>
    new Set(((await ask("ledger", "present", epoch, tradeIds.map(nameOf))) as string[]).map(idOf)),
  raiseFence: (epoch: number) => ask("ledger", "raiseFence", epoch) as Promise<number>,
  writableAt: async () => ((await ask("ledger", "writableAt")) as number | null) ?? undefined,
});

export const queuePort = (ask: Ask) => ({
  send: async (trades: readonly Trade[]) => void (await ask("queue", "send", names(trades))),
  sendTo: async (region: string, trades: readonly Trade[]) => {
    await ask("queue", "sendTo", region, names(trades));
    return [];
  },
});

export const databasePort = (ask: Ask): real.GlobalDatabase => ({
  status: () => ask("database", "status") as ReturnType<real.GlobalDatabase["status"]>,
  failoverToHere: async () => void (await ask("database", "failoverToHere")),
  switchoverToHere: async (writer: string) => void (await ask("database", "switchoverToHere", writer)),
  lagMs: () => ask("database", "lagMs") as Promise<number>,
});

/** Audit, sessions and events bear repetition and decide nothing: in the model they are done at once. */
export const announcements = {
  audit: { record: async () => undefined },
  sessions: { touch: async () => undefined },
  events: { placed: async () => undefined, refused: async () => undefined, settled: async () => ({ refused: [], reason: "" }) },
};

export const clockPort = (ask: Ask, now: () => number): real.Clock => ({
  now: () => NOW,
  monotonic: now,
  sleep: async (ms: number) => void (await ask("clock", "sleep", ms)),
});

export const sentinelPorts = (ask: Ask) => ({
  canAccept: async () => void (await ask("region", "accepts")),
  // Nobody loses a permission in the model.
  mayAskLedger: () => Promise.resolve(),
  probe: {
    get: async () => {
      const status = (await ask("probe", "get")) as number | null;
      return status === null ? undefined : { status, body: "" };
    },
  },
  orchestrator: {
    startFailover: (epoch: number) => ask("orchestrator", "startFailover", epoch) as Promise<"started" | "exists">,
    startSwitchover: (epoch: number) => ask("orchestrator", "startSwitchover", epoch) as Promise<"started" | "running" | "ended">,
    isMoving: () => ask("orchestrator", "isMoving") as Promise<boolean>,
  },
});

export const regionOfName = (clusterArn: string): Region => clusterArn as Region;
