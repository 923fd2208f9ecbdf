import { createHash } from "node:crypto";
import { fromUnits, toUnits } from "./money";
import type { TradeRecord } from "./record";

/** A row of the ledger's `trades`, as PostgreSQL gives it: numerics are text. */
export interface LedgerTrade {
  readonly tradeId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly outcome: string;
  readonly settledEpoch: number;
  /** Milliseconds since 1970. */
  readonly settledAt: number;
}

export interface LedgerPosition {
  readonly accountId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly notional: string;
}

export interface LedgerRows {
  readonly trades: readonly LedgerTrade[];
  readonly positions: readonly LedgerPosition[];
  /** Account and symbol pairs that must not trade; "*" stands for any. */
  readonly restrictions: readonly { readonly accountId: string; readonly symbol: string }[];
}

export interface Finding {
  readonly key: string;
  readonly detail: string;
}

export interface CheckResult {
  /** Trades for which a client saw a 202. */
  readonly accepted: number;
  /** Accepted, but missing in the ledger or wrong there. */
  readonly lost: readonly Finding[];
  /** Accepted, not in the ledger, and still to be settled by what the journal says. */
  readonly pending: readonly Finding[];
  /** Settled more than once: rows beyond one a trade, rows that nobody asked for, positions that rows do not account for. */
  readonly duplicated: readonly Finding[];
  /** Positions that differ from what the clients' records give. */
  readonly positions: readonly Finding[];
  /** Never accepted as far as the client knows; not counted, but listed, with what became of them. */
  readonly unanswered: readonly Finding[];
}

/** Accounts of the platform's own canaries. */
const SYNTHETIC = "synthetic-";

/** The trade id of a caller's key, by the API's contract. The checker computes it independently. */
export function tradeIdOf({ caller, key }: Pick<TradeRecord, "caller" | "key">): string {
  return createHash("sha256").update(`trade:${caller}\n${key}`).digest("hex").slice(0, 32);
}

/** Ids of trades that a client saw accepted and that the ledger does not hold. */
export function missing(records: readonly TradeRecord[], ledger: LedgerRows): string[] {
  const there = new Set(ledger.trades.map(({ tradeId }) => tradeId));
  return records.flatMap((record) => (record.accepted === undefined || there.has(tradeIdOf(record)) ? [] : [tradeIdOf(record)]));
}

/**
 * Compares what the clients were told with what the ledger holds. `unsettled`: ids of trades that the journal held as accepted and not settled before
 * the ledger was read. Pure, and shares no code with the platform.
 */
export function check(records: readonly TradeRecord[], ledger: LedgerRows, unsettled: ReadonlySet<string> = new Set()): CheckResult {
  const rowsById = new Map<string, LedgerTrade[]>();
  for (const row of ledger.trades) {
    if (row.accountId.startsWith(SYNTHETIC)) continue;
    const rows = rowsById.get(row.tradeId);
    if (rows === undefined) rowsById.set(row.tradeId, [row]);
    else rows.push(row);
  }
  const restricted = (accountId: string, symbol: string): boolean =>
    ledger.restrictions.some((one) => [accountId, "*"].includes(one.accountId) && [symbol, "*"].includes(one.symbol));
  const lost: Finding[] = [];
  const pending: Finding[] = [];
  const duplicated: Finding[] = [];
  const unanswered: Finding[] = [];
  const expected = new Map<string, { quantity: bigint; notional: bigint }>();
  const asked = new Set<string>();

  for (const record of records) {
    const { key, order, accepted } = record;
    const tradeId = tradeIdOf(record);
    asked.add(tradeId);
    const rows = rowsById.get(tradeId) ?? [];
    const row = rows[0];
    const isPending = row === undefined && unsettled.has(tradeId);
    if (accepted !== undefined) {
      if (accepted.tradeId !== tradeId) lost.push({ key, detail: `answered with trade ${accepted.tradeId}, expected ${tradeId}` });
      else if (isPending)
        pending.push({ key, detail: `accepted by ${accepted.acceptedRegion} at ${accepted.acceptedAt}, not settled yet` });
      else if (row === undefined)
        lost.push({ key, detail: `accepted by ${accepted.acceptedRegion} at ${accepted.acceptedAt}, not in the ledger` });
    } else {
      unanswered.push({ key, detail: row === undefined ? "not in the ledger" : "settled, though the client never heard of it" });
    }
    if (row !== undefined) {
      const wrong = differences(record, row, restricted);
      if (wrong.length > 0) lost.push({ key, detail: `wrong in the ledger: ${wrong.join(", ")}` });
    }
    if (rows.length > 1) duplicated.push({ key, detail: `${rows.length} rows in the ledger` });
    // An accepted trade must have its effect; one whose answer was never heard may have it, and the row says whether.
    if ((accepted !== undefined || row !== undefined) && !isPending && !restricted(order.accountId, order.symbol)) {
      const sign = order.side === "buy" ? 1n : -1n;
      const position = entry(expected, pair(order.accountId, order.symbol));
      position.quantity += sign * BigInt(order.quantity);
      position.notional += sign * BigInt(order.quantity) * toUnits(order.price);
    }
  }

  for (const [tradeId, rows] of rowsById) {
    if (!asked.has(tradeId))
      duplicated.push({ key: tradeId, detail: `nobody asked for this trade (account ${rows[0]?.accountId ?? "?"})` });
  }
  const positions = comparePositions(expected, ledger.positions);
  duplicated.push(...unexplained(rowsById, ledger.positions));
  return { accepted: records.filter(({ accepted }) => accepted !== undefined).length, lost, pending, duplicated, positions, unanswered };
}

function differences({ order }: TradeRecord, row: LedgerTrade, restricted: (accountId: string, symbol: string) => boolean): string[] {
  const outcome = restricted(order.accountId, order.symbol) ? "FAILED" : "EXECUTED";
  const pairs: [string, string, string][] = [
    ["account", order.accountId, row.accountId],
    ["symbol", order.symbol, row.symbol],
    ["side", order.side, row.side],
    ["quantity", String(order.quantity), row.quantity],
    ["price", fromUnits(toUnits(order.price)), fromUnits(toUnits(row.price))],
    ["outcome", outcome, row.outcome],
  ];
  return pairs.filter(([, mine, theirs]) => mine !== theirs).map(([field, mine, theirs]) => `${field} ${theirs} instead of ${mine}`);
}

/** Positions that differ from the sum of the ledger's own rows: a trade had its effect twice or in part. */
function unexplained(rowsById: ReadonlyMap<string, readonly LedgerTrade[]>, actual: readonly LedgerPosition[]): Finding[] {
  const sums = new Map<string, { quantity: bigint; notional: bigint }>();
  for (const rows of rowsById.values()) {
    for (const row of rows) {
      if (row.outcome !== "EXECUTED") continue;
      const sign = row.side === "buy" ? 1n : -1n;
      const position = entry(sums, pair(row.accountId, row.symbol));
      position.quantity += sign * BigInt(row.quantity);
      position.notional += sign * BigInt(row.quantity) * toUnits(row.price);
    }
  }
  return comparePositions(sums, actual).map(({ key, detail }) => ({ key, detail: `position is not the sum of its rows: ${detail}` }));
}

function comparePositions(
  expected: ReadonlyMap<string, { quantity: bigint; notional: bigint }>,
  actual: readonly LedgerPosition[],
): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { accountId, symbol, quantity, notional } of actual) {
    if (accountId.startsWith(SYNTHETIC)) continue;
    const key = pair(accountId, symbol);
    if (seen.has(key)) findings.push({ key, detail: "two rows" });
    seen.add(key);
    const want = expected.get(key) ?? { quantity: 0n, notional: 0n };
    const have = { quantity: BigInt(quantity), notional: toUnits(notional) };
    if (want.quantity !== have.quantity || want.notional !== have.notional) findings.push({ key, detail: told(have, want) });
  }
  for (const [key, want] of expected) {
    if (!seen.has(key) && (want.quantity !== 0n || want.notional !== 0n))
      findings.push({ key, detail: told({ quantity: 0n, notional: 0n }, want) });
  }
  return findings;
}

interface Holding {
  readonly quantity: bigint;
  readonly notional: bigint;
}

const told = (have: Holding, want: Holding): string =>
  `${have.quantity} shares, ${fromUnits(have.notional)} dollars; the records give ${want.quantity}, ${fromUnits(want.notional)}`;

const pair = (accountId: string, symbol: string): string => `${accountId} ${symbol}`;

function entry(map: Map<string, { quantity: bigint; notional: bigint }>, key: string): { quantity: bigint; notional: bigint } {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = { quantity: 0n, notional: 0n };
  map.set(key, fresh);
  return fresh;
}
