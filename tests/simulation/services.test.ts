import { expect } from "chai";
import { SETTLE } from "../../handlers/trade/ledger-sql";
import { Scheduler } from "../../simulation/kernel/scheduler";
import { change, condition } from "../../simulation/services/expression";
import { LEDGER_MUTANTS } from "../../simulation/mutants/ledger";
import { statement } from "../../simulation/services/statements";

const with_ = (values: Record<string, unknown>, names: Record<string, string> = {}) => ({ values, names });

describe("DynamoDB's expressions", () => {
  it("compare, look for attributes, and bind AND tighter than OR", () => {
    const met = condition("attribute_exists(a) AND (attribute_not_exists(b) OR b < :n)");
    expect(met({ a: 1 }, with_({ ":n": 2 }))).to.equal(true);
    expect(met({ a: 1, b: 1 }, with_({ ":n": 2 }))).to.equal(true);
    expect(met({ a: 1, b: 2 }, with_({ ":n": 2 }))).to.equal(false);
    expect(met(undefined, with_({ ":n": 2 }))).to.equal(false);
    const either = condition("a = :x OR a = :y AND b = :y");
    expect(either({ a: 1, b: 0 }, with_({ ":x": 1, ":y": 2 }))).to.equal(true);
    expect(either({ a: 2, b: 0 }, with_({ ":x": 1, ":y": 2 }))).to.equal(false);
  });

  it("hold no comparison with what is missing or of another type", () => {
    expect(condition("a < :n")({}, with_({ ":n": 1 }))).to.equal(false);
    expect(condition("a < :n")({ a: "0" }, with_({ ":n": 1 }))).to.equal(false);
  });

  it("hold between two ends, both included, and for nothing that is missing or of another type", () => {
    const between = condition("p = :p AND n BETWEEN :from AND :to");
    const values = with_({ ":p": "x", ":from": 2, ":to": 4 });
    expect([1, 2, 4, 5].map((n) => between({ p: "x", n }, values))).to.deep.equal([false, true, true, false]);
    expect(between({ p: "x" }, values)).to.equal(false);
    expect(between({ p: "x", n: "3" }, values)).to.equal(false);
  });

  it("set, add and remove", () => {
    const next = change("SET #s = :s, n = n + :one REMOVE gone, away")(
      { n: 4, gone: 1, away: 2, kept: 3 },
      with_({ ":s": "x", ":one": 1 }, { "#s": "status" }),
    );
    expect(next).to.deep.equal({ status: "x", n: 5, kept: 3 });
  });

  it("are refused where they are not understood", () => {
    for (const text of ["begins_with(a, :x)", "a BETWEEN :x", "a =", "a = :x b"]) expect(() => condition(text), text).to.throw();
    expect(() => change("ADD n :one")).to.throw();
    expect(() => condition("a = :x")({ a: 1 }, with_({}))).to.throw("no value for :x");
  });
});

describe("the ledger's statements", () => {
  it("are known as they are, and with a mutant's change", () => {
    expect(statement(SETTLE)).to.deep.equal({ kind: "settle", lacks: [] });
    for (const { find, replace, lacks } of LEDGER_MUTANTS.filter(({ find }) => SETTLE.includes(find)))
      expect(statement(SETTLE.replace(find, replace))).to.deep.equal({ kind: "settle", lacks });
  });

  it("are refused when a clause is one that the model does not know", () => {
    expect(() => statement(SETTLE.replace("DO NOTHING", "DO UPDATE SET price = 0"))).to.throw("does not know this statement");
    expect(() => statement("DELETE FROM trades")).to.throw("DELETE FROM trades");
  });
});

describe("virtual time", () => {
  it("runs events by their time, then by their order, and every promise between two of them", async () => {
    const scheduler = new Scheduler();
    const seen: string[] = [];
    scheduler.after(2, () => void seen.push("c"));
    scheduler.after(1, () => {
      seen.push("a");
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => Promise.resolve())
        .then(() => seen.push("a, much later"));
    });
    scheduler.after(1, () => void seen.push("b"));
    await scheduler.run(() => false);
    expect(seen).to.deep.equal(["a", "a, much later", "b", "c"]);
    expect(scheduler.now).to.equal(2);
  });
});
