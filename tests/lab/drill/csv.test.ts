import { expect } from "chai";
import { CsvError, parseTrades } from "../../../lab/drill/csv";

const HEADER = "time,symbol,side,quantity,price\n";
const GOOD = "2030-01-31T09:30:00.017460000,ACME,buy,1,223.8200\n";

describe("CSV of trades", () => {
  it("reads times to the fraction of a millisecond, relative to the first", () => {
    const trades = parseTrades(`${HEADER}${GOOD}2030-01-31T09:30:01.0179601,ACME,sell,21,223.81\n`, "t.csv");
    expect(trades[0]).to.deep.equal({ atMs: 0, symbol: "ACME", side: "buy", quantity: 1, price: "223.8200" });
    expect(trades[1]?.atMs).to.be.closeTo(1000.5001, 0.001);
  });

  it("takes columns in any order, zones, a byte order mark and quotes", () => {
    const trades = parseTrades(
      '\ufeffprice,"side",quantity,symbol,time\r\n1,buy,2,A,2030-01-31 09:30:00Z\r\n1,buy,2,A,2030-01-31T10:30:01+01:00\r\n',
      "t.csv",
    );
    expect(trades.map(({ atMs }) => atMs)).to.deep.equal([0, 1000]);
  });

  const bad: readonly [string, string, string][] = [
    ["empty", "", "the file is empty"],
    ["header only", HEADER, "no trades"],
    ["a missing column", "time,symbol,side,quantity\n", 'line 1: column "price" is missing'],
    ["an unknown column", "time,symbol,side,quantity,price,venue\n", 'line 1: unknown column "venue"'],
    ["a column twice", "time,symbol,side,quantity,price,price\n", 'line 1: column "price" is there twice'],
    ["a short line", `${HEADER}${GOOD}2030-01-31T09:30:01,ACME,buy\n`, "line 3: 3 columns"],
    ["a bad time", `${HEADER}yesterday,ACME,buy,1,1\n`, 'line 2, column time: "yesterday"'],
    ["a time that goes back", `${HEADER}${GOOD}2030-01-31T09:29:59,ACME,buy,1,1\n`, "line 3, column time"],
    ["a bad symbol", `${HEADER}2030-01-31T09:30:00,acme,buy,1,1\n`, 'line 2, column symbol: "acme"'],
    ["a bad side", `${HEADER}2030-01-31T09:30:00,ACME,hold,1,1\n`, 'line 2, column side: "hold"'],
    ["a zero quantity", `${HEADER}2030-01-31T09:30:00,ACME,buy,0,1\n`, "line 2, column quantity"],
    ["a negative quantity", `${HEADER}2030-01-31T09:30:00,ACME,buy,-1,1\n`, "line 2, column quantity"],
    ["half a share", `${HEADER}2030-01-31T09:30:00,ACME,buy,1.5,1\n`, "line 2, column quantity"],
    ["a price of nothing", `${HEADER}2030-01-31T09:30:00,ACME,buy,1,0.0000\n`, "line 2, column price"],
    ["five decimals", `${HEADER}2030-01-31T09:30:00,ACME,buy,1,0.00001\n`, "line 2, column price"],
    ["an unclosed quote", `${HEADER}2030-01-31T09:30:00,"ACME,buy,1,1\n`, "t.csv line"],
    ["a line number below empty lines", `${HEADER}\n\n2030-01-31T09:30:00,ACME,buy,1,x\n`, "line 4, column price"],
  ];
  for (const [what, text, message] of bad) {
    it(`refuses ${what}, by line and column`, () => {
      expect(() => parseTrades(text, "t.csv"))
        .to.throw(CsvError)
        .with.property("message")
        .that.includes(message);
    });
  }
});
