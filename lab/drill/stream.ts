import { toUnits } from "./money";

/** What a client is going to ask for, and when. */
export interface DrillOrder {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: string;
}

export interface PlannedTrade {
  /** Milliseconds since the stream began. */
  readonly dueMs: number;
  /** 0-based number of the client that sends it. */
  readonly client: number;
  readonly key: string;
  readonly order: DrillOrder;
}

/** A trade of a CSV file, before it has a client, an account and a key. */
export interface ReplayedTrade {
  readonly atMs: number;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: string;
}

/** The senders: every scenario of every run has its own accounts and keys, so that its records can be told apart. */
export interface StreamIdentity {
  readonly run: string;
  readonly scenario: string;
  readonly clients: number;
}

const ACCOUNTS_PER_CLIENT = 3;
const SYMBOLS: readonly (readonly [string, number])[] = [
  ["ACME", 41.5],
  ["BRK.B", 402.13],
  ["GLOBEX", 8.0725],
  ["INITECH", 119.99],
  ["UMBRELLA", 0.8315],
  ["WAYNE", 1502.4],
];

/** mulberry32: small, seeded, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A generated stream: the same seed gives the same trades at the same times. */
export function generated(identity: StreamIdentity, seconds: number, rate: number, seed: number): PlannedTrade[] {
  const random = seededRandom(seed);
  const prices = SYMBOLS.map(([, price]) => price);
  const count = Math.max(1, Math.round(seconds * rate));
  const spacing = (seconds * 1000) / count;
  return Array.from({ length: count }, (_, index) => {
    const which = Math.floor(random() * SYMBOLS.length);
    const walked = Math.max(0.01, (prices[which] ?? 1) * (1 + (random() - 0.5) / 100));
    prices[which] = walked;
    return planned(identity, index, {
      atMs: Math.floor((index + random()) * spacing),
      symbol: SYMBOLS[which]?.[0] ?? "ACME",
      side: random() < 0.5 ? "buy" : "sell",
      quantity: 1 + Math.floor(random() ** 3 * 5000),
      price: walked.toFixed(4),
    });
  });
}

/** More of the same over a part of a stream. */
export interface Surge {
  /** Shares of the stream's time. */
  readonly from: number;
  readonly to: number;
  /** The rate meanwhile, as a multiple of the stream's own. */
  readonly times: number;
}

/** A generated stream with a surge in it. */
export function surging(identity: StreamIdentity, seconds: number, rate: number, seed: number, { from, to, times }: Surge): PlannedTrade[] {
  const more = { ...identity, scenario: `${identity.scenario}-surge` };
  const extra = generated(more, seconds * (to - from), rate * (times - 1), seed + 1);
  const late = extra.map((trade) => ({ ...trade, dueMs: trade.dueMs + from * seconds * 1000 }));
  return [...generated(identity, seconds, rate, seed), ...late].sort((a, b) => a.dueMs - b.dueMs);
}

/** Trades of a file at their own pace times `speed`, dealt out to the clients in turn; `minutes` of the file's own time at most. */
export function replayed(identity: StreamIdentity, trades: readonly ReplayedTrade[], speed: number, minutes?: number): PlannedTrade[] {
  const chosen = minutes === undefined ? trades : trades.filter(({ atMs }) => atMs < minutes * 60_000);
  return chosen.map((trade, index) => planned(identity, index, { ...trade, atMs: trade.atMs / speed }));
}

function planned({ run, scenario, clients }: StreamIdentity, index: number, trade: ReplayedTrade): PlannedTrade {
  const client = index % clients;
  const account = Math.floor(index / clients) % ACCOUNTS_PER_CLIENT;
  toUnits(trade.price);
  return {
    dueMs: trade.atMs,
    client,
    key: `${run}-${scenario}-${index + 1}`,
    order: {
      accountId: `${run}-${scenario}-c${client + 1}-${account + 1}`,
      symbol: trade.symbol,
      side: trade.side,
      quantity: trade.quantity,
      price: trade.price,
    },
  };
}
