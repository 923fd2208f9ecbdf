import { expect } from "chai";
import type { ClientKind, TradeRecord } from "../../../lab/drill/record";
import { acceptanceRto, perSecond } from "../../../lab/report/rto";

let number = 0;
function trade(dueMs: number, acceptedMs: number | undefined, kind: ClientKind = "dns", client = 0): TradeRecord {
  const accepted = acceptedMs === undefined ? {} : { accepted: { atMs: acceptedMs, tradeId: "t", acceptedAt: "", acceptedRegion: "" } };
  const order = { accountId: "a", symbol: "A", side: "buy" as const, quantity: 1, price: "1" };
  return { scenario: "s", client, kind, caller: "trader", key: `k${(number += 1)}`, order, dueMs, tries: [], ...accepted };
}

describe("RTO", () => {
  it("is the longest wait of the worst client, from the fault on", () => {
    const records = [trade(0, 10), trade(900, 8000, "dns", 1), trade(1500, 7000, "dns", 2), trade(9000, 9010)];
    expect(acceptanceRto(records, "dns", 1000)).to.deep.equal({ worstMs: 7000, worst: records[1] });
  });

  it("sees an outage that comes after the first success", () => {
    const records = [trade(1100, 1200), trade(5000, 25_000)];
    expect(acceptanceRto(records, "dns", 1000).worstMs).to.equal(20_000);
  });

  it("is measured apart for each kind of client", () => {
    const records = [trade(1100, 31_000), trade(1100, 2600, "smart", 3)];
    expect(acceptanceRto(records, "smart", 1000)).to.deep.equal({ worstMs: 1500, worst: records[1] });
  });

  it("has no value while a trade was never accepted", () => {
    const records = [trade(1100, 1200), trade(1300, undefined, "dns", 5)];
    expect(acceptanceRto(records, "dns", 1000)).to.deep.equal({ worstMs: undefined, worst: records[1] });
  });

  it("counts by second for the chart", () => {
    expect(perSecond([0, 999, 1000, 5000, -1], 3)).to.deep.equal([2, 1, 0]);
  });
});
