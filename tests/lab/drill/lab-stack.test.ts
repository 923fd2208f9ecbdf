import { expect } from "chai";
import { labStack } from "../../../lab/drill/lab-stack";
import { UsageError } from "../../../lab/drill/options";
import { labConfig } from "../../../lab/provision/run-program";
import { stackNames } from "../../../scripts/lib/stack-config";

describe("the stacks that the lab plays", () => {
  it("are those that have a stack file, each with its own settings under the lab's name", () => {
    expect(stackNames()).to.include.members(["dev", "prod"]);
    const [dev, prod] = ["dev", "prod"].map((name) => labStack(name).settings);
    expect([dev?.database.maxCapacity, prod?.database.maxCapacity]).to.deep.equal([2, 64]);
    expect([dev?.domainName, prod?.domainName]).to.deep.equal(["trades.example.test", "trades.example.test"]);
  });

  it("take what the command line says for what the file says, also within a group", () => {
    const { settings } = labStack("prod", { "database.maxCapacity": "7", routing: "latency" });
    expect([settings.database.minCapacity, settings.database.maxCapacity, settings.routing]).to.deep.equal([2, 7, "latency"]);
    expect(labConfig({ "database.maxCapacity": undefined }, "prod")["trade-failover:database"]).not.to.contain("maxCapacity");
  });

  it("are refused by the program's own words, or for what this machine can't play", () => {
    expect(() => labStack("dev", { routing: "nearest" }))
      .to.throw(UsageError)
      .with.property("message")
      .that.contains("routing")
      .and.contains("nearest")
      .and.contains("latency");
    expect(() => labStack("dev", { "database.engine": "aurora-mysql" })).to.throw(UsageError, "the lab's ledger is aurora-postgresql");
  });
});
