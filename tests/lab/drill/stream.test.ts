import { expect } from "chai";
import * as fc from "fast-check";
import { fromUnits, toUnits } from "../../../lab/drill/money";
import { generated, replayed } from "../../../lab/drill/stream";

const WHO = { run: "r1", scenario: "crash", clients: 8 };

describe("stream of trades", () => {
  it("is the same for the same seed and another for another", () => {
    expect(generated(WHO, 10, 20, 7)).to.deep.equal(generated(WHO, 10, 20, 7));
    expect(generated(WHO, 10, 20, 7)).not.to.deep.equal(generated(WHO, 10, 20, 8));
  });

  it("has the rate asked for, in order of time, keys of its own and every client at work", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 50 }), fc.integer(), (seconds, rate, seed) => {
        const trades = generated(WHO, seconds, rate, seed);
        expect(trades).to.have.length(seconds * rate);
        expect(new Set(trades.map(({ key }) => key)).size).to.equal(trades.length);
        for (const [index, trade] of trades.entries()) {
          expect(trade.dueMs).to.be.within(trades[index - 1]?.dueMs ?? 0, seconds * 1000);
          expect(trade.order.quantity).to.be.within(1, 5000);
          expect(toUnits(trade.order.price) > 0n).to.be.true;
          expect(trade.client).to.equal(index % 8);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("gives no two clients the same account", () => {
    const owners = new Map<string, number>();
    for (const { client, order } of generated(WHO, 20, 20, 1)) {
      expect(owners.get(order.accountId) ?? client).to.equal(client);
      owners.set(order.accountId, client);
    }
    expect(owners.size).to.equal(24);
  });

  it("replays a file at its own pace times the speed, up to the minutes asked for", () => {
    const file = [0, 30_000, 61_000].map((atMs) => ({ atMs, symbol: "ACME", side: "buy" as const, quantity: 1, price: "1" }));
    expect(replayed(WHO, file, 10).map(({ dueMs }) => dueMs)).to.deep.equal([0, 3000, 6100]);
    expect(replayed(WHO, file, 1, 1)).to.have.length(2);
  });
});

describe("money", () => {
  it("is exact in units of a hundredth of a cent", () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (units) => toUnits(fromUnits(units)) === units));
    expect(toUnits("223.82")).to.equal(2_238_200n);
    expect(toUnits("0.1")).to.equal(1000n);
    expect(toUnits("223.820000")).to.equal(2_238_200n);
    for (const bad of ["", "1.", ".5", "1e3", "1.00001", "abc", "--1"]) expect(() => toUnits(bad), bad).to.throw();
  });
});
