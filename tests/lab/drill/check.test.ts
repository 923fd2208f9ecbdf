import { expect } from "chai";
import * as fc from "fast-check";
import { type LedgerPosition, type LedgerRows, type LedgerTrade, check, tradeIdOf } from "../../../lab/drill/check";
import { fromUnits, toUnits } from "../../../lab/drill/money";
import type { TradeRecord } from "../../../lab/drill/record";
import { generated } from "../../../lab/drill/stream";

function recordsOf(seed = 1, count = 40): TradeRecord[] {
  return generated({ run: "r", scenario: "s", clients: 4 }, count / 10, 10, seed).map(({ key, client, order, dueMs }) => ({
    scenario: "s",
    client,
    kind: "dns",
    caller: "trader",
    key,
    order,
    dueMs,
    tries: [],
    accepted: {
      atMs: dueMs + 5,
      tradeId: tradeIdOf({ caller: "trader", key }),
      acceptedAt: "2030-01-01T00:00:00.000Z",
      acceptedRegion: "us-east-1",
    },
  }));
}

/** The ledger as it must be when every record was settled once; written apart from the checker's own arithmetic. */
function ledgerOf(records: readonly TradeRecord[]): {
  trades: LedgerTrade[];
  positions: LedgerPosition[];
  restrictions: LedgerRows["restrictions"];
} {
  const trades = records.map(({ key, order }) => ({
    tradeId: tradeIdOf({ caller: "trader", key }),
    accountId: order.accountId,
    symbol: order.symbol,
    side: order.side,
    quantity: String(order.quantity),
    price: fromUnits(toUnits(order.price)),
    outcome: "EXECUTED",
    settledEpoch: 1,
    settledAt: 1000,
  }));
  const sums = new Map<string, { accountId: string; symbol: string; quantity: bigint; notional: bigint }>();
  for (const trade of trades) {
    const key = `${trade.accountId}/${trade.symbol}`;
    const sum = sums.get(key) ?? { accountId: trade.accountId, symbol: trade.symbol, quantity: 0n, notional: 0n };
    const signed = trade.side === "buy" ? BigInt(trade.quantity) : -BigInt(trade.quantity);
    sums.set(key, { ...sum, quantity: sum.quantity + signed, notional: sum.notional + signed * toUnits(trade.price) });
  }
  const positions = [...sums.values()].map((sum) => ({ ...sum, quantity: sum.quantity.toString(), notional: fromUnits(sum.notional) }));
  return { trades, positions, restrictions: [] };
}

const counts = (records: readonly TradeRecord[], ledger: LedgerRows) => {
  const { accepted, lost, duplicated, positions, unanswered } = check(records, ledger);
  return { accepted, lost: lost.length, duplicated: duplicated.length, positions: positions.length, unanswered: unanswered.length };
};

describe("checker", () => {
  it("finds nothing where nothing is wrong", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const records = recordsOf(seed);
        expect(counts(records, ledgerOf(records))).to.deep.equal({ accepted: 40, lost: 0, duplicated: 0, positions: 0, unanswered: 0 });
      }),
      { numRuns: 20 },
    );
  });

  it("counts an accepted trade without a row as lost, and its position as wrong", () => {
    const records = recordsOf();
    const ledger = ledgerOf(records.slice(1));
    expect(counts(records, ledger)).to.include({ lost: 1, duplicated: 0, positions: 1 });
  });

  for (const field of ["accountId", "symbol", "side", "quantity", "price", "outcome"] as const) {
    it(`counts a row with another ${field} as lost`, () => {
      const records = recordsOf();
      const ledger = ledgerOf(records);
      const wrong = {
        accountId: "x",
        symbol: "X",
        side: records[0]?.order.side === "buy" ? "sell" : "buy",
        quantity: "999999",
        price: "0.0001",
        outcome: "FAILED",
      }[field];
      ledger.trades[0] = { ...(ledger.trades[0] as LedgerTrade), [field]: wrong };
      expect(counts(records, ledger).lost).to.equal(1);
    });
  }

  it("sees a trade that had its effect twice though it has one row", () => {
    const records = recordsOf();
    const ledger = ledgerOf(records);
    const [first] = ledger.positions;
    ledger.positions[0] = { ...(first as LedgerPosition), quantity: (BigInt(first?.quantity ?? 0) + 5n).toString() };
    expect(counts(records, ledger)).to.include({ lost: 0, duplicated: 1, positions: 1 });
  });

  it("sees a second row of a trade", () => {
    const records = recordsOf();
    const ledger = ledgerOf(records);
    ledger.trades.push(ledger.trades[0] as LedgerTrade);
    expect(counts(records, ledger).duplicated).to.be.greaterThan(0);
  });

  it("sees a row that nobody asked for, but not the platform's own canaries", () => {
    const records = recordsOf();
    const ledger = ledgerOf(records);
    const canary = { ...(ledger.trades[0] as LedgerTrade), tradeId: "f".repeat(32), accountId: "synthetic-us-east-1" };
    ledger.trades.push(canary);
    ledger.positions.push({ accountId: "synthetic-us-east-1", symbol: "ACME", quantity: "1", notional: "1.0000" });
    expect(counts(records, ledger)).to.include({ duplicated: 0, positions: 0 });
    ledger.trades.push({ ...canary, accountId: "someone" });
    expect(counts(records, ledger).duplicated).to.be.greaterThan(0);
  });

  it("lists what no client heard of, and takes the ledger's word on whether it had an effect", () => {
    const records = recordsOf();
    const [settled, unsettled] = records as [TradeRecord, TradeRecord];
    delete settled.accepted;
    delete unsettled.accepted;
    const ledger = ledgerOf(records.filter((record) => record !== unsettled));
    expect(counts(records, ledger)).to.deep.equal({ accepted: 38, lost: 0, duplicated: 0, positions: 0, unanswered: 2 });
  });

  it("expects a restricted trade to fail and to move nothing", () => {
    const records = recordsOf();
    const [first] = records as [TradeRecord];
    const { accountId, symbol } = first.order;
    const same = (order: { accountId: string; symbol: string }): boolean => order.accountId === accountId && order.symbol === symbol;
    const ledger = ledgerOf(records);
    const judged: LedgerRows = {
      trades: ledger.trades.map((row) => (same(row) ? { ...row, outcome: "FAILED" } : row)),
      positions: ledger.positions.filter((row) => !same(row)),
      restrictions: [{ accountId, symbol }],
    };
    expect(counts(records, judged)).to.include({ lost: 0, duplicated: 0, positions: 0 });
    expect(counts(records, { ...ledger, restrictions: [{ accountId, symbol }] }).lost).to.be.greaterThan(0);
  });

  it("does not take an answer for another trade", () => {
    const records = recordsOf();
    const [first] = records as [TradeRecord];
    first.accepted = { ...(first.accepted as NonNullable<TradeRecord["accepted"]>), tradeId: "0".repeat(32) };
    expect(counts(records, ledgerOf(records)).lost).to.equal(1);
  });
});
