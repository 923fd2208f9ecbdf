import { expect } from "chai";
import { parseGameDay } from "../../gameday/options";
import { instant } from "../../gameday/stack-ledger";
import { Usage } from "../../operate/command-line";

const GIVEN = ["--stack", "prod", "--confirm", "prod", "--caller", "desk", "--accounts", "drill"];

describe("the command line of a drill on a deployed stack", () => {
  it("plays the planned move, there and back, unless it is told otherwise", () => {
    expect(parseGameDay(GIVEN)).to.deep.equal({
      stack: "prod",
      accounts: "drill",
      caller: "desk",
      play: "switchover",
      seconds: 300,
      rate: 2,
      clients: 8,
      reportDir: "drill-report",
    });
  });

  for (const [what, argv, names] of [
    ["no confirmation", ["--stack", "prod", "--accounts", "drill"], "--confirm prod"],
    ["a confirmation of another stack", ["--stack", "prod", "--confirm", "dev", "--accounts", "drill"], "--confirm prod"],
    ["no stack", ["--confirm", "prod"], "--stack"],
    ["no accounts", ["--stack", "prod", "--confirm", "prod"], "--accounts"],
    ["no caller", ["--stack", "prod", "--confirm", "prod", "--accounts", "drill"], "--caller"],
    ["the platform's own accounts", [...GIVEN.slice(0, 7), "synthetic-x"], "synthetic-x"],
    ["accounts that are a pattern", [...GIVEN.slice(0, 7), "%"], '"%"'],
    ["an unknown play", [...GIVEN, "--play", "earthquake"], "earthquake"],
    ["a stream that is too short", [...GIVEN, "--seconds", "1"], '--seconds "1"'],
    ["an unknown flag", [...GIVEN, "--force"], "--force"],
  ] as const) {
    it(`refuses ${what}, and nothing is done`, () => {
      expect(() => parseGameDay(argv))
        .to.throw(Usage, names)
        .with.property("exitCode", 2);
    });
  }
});

describe("a database's text of a moment", () => {
  for (const text of ["2030-01-02 03:04:05.678+00", "2030-01-02 03:04:05.678", "2030-01-02T03:04:05.678Z"])
    it(`is in UTC: ${text}`, () => {
      expect(Date.parse(instant(text))).to.equal(Date.UTC(2030, 0, 2, 3, 4, 5, 678));
    });
});
