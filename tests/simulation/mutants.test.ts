import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { mutated } from "../../simulation/build";
import { huntMutants } from "../../simulation/mutants/hunt";
import { MUTANTS } from "../../simulation/mutants/list";

/** Those that fall within some seeds; `npm run simulate -- --mutants` hunts them all. */
const QUICK = [
  "a message is believed: what it says is settled, not what the journal has accepted",
  "acknowledged before the journal has it",
  "what is in doubt is not held against the ledger",
  "a key used again with another body is not refused",
  "settled without being announced",
];

describe("the mutants", function () {
  this.timeout(600_000);

  it("are at least fifteen, each with a name of its own and a pattern that its file has exactly once", () => {
    expect(MUTANTS.length).to.be.at.least(15);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length);
    for (const mutant of MUTANTS) {
      const source = readFileSync(join(__dirname, "../..", mutant.file), "utf8");
      expect(mutated(source, mutant), mutant.name).to.not.equal(source);
    }
  });

  it("are refused where the pattern is missing or there twice", () => {
    expect(() => mutated("a b a", { file: "x.ts", find: "a", replace: "c" })).to.throw("mutation of x.ts: the pattern is there 2 times");
    expect(() => mutated("b", { file: "x.ts", find: "a", replace: "c" })).to.throw("there 0 times");
  });

  it("are noticed by the checkers", async () => {
    const chosen = MUTANTS.filter(({ name }) => QUICK.includes(name));
    expect(chosen).to.have.length(QUICK.length);
    const hunted = await huntMutants(chosen, { from: 1, seeds: 200, workers: 2 }, () => undefined);
    expect(hunted.filter(({ seed }) => seed === undefined).map(({ name }) => name)).to.deep.equal([]);
  });
});
