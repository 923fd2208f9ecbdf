import { expect } from "chai";
import { tmpdir } from "node:os";
import { labStack } from "../../../lab/drill/lab-stack";
import { UsageError } from "../../../lab/drill/options";
import { ensureMariadb } from "../../../lab/setup/mariadb";
import { SetupError } from "../../../lab/setup/emulator";
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

  it("are refused by the program's own words", () => {
    expect(() => labStack("dev", { routing: "nearest" }))
      .to.throw(UsageError)
      .with.property("message")
      .that.contains("routing")
      .and.contains("nearest")
      .and.contains("latency");
  });

  it("name what to install where a stack's database is not on this machine", () => {
    expect(labStack("autoscaling").settings.database.engine).to.equal("aurora-mysql");
    expect(() => ensureMariadb([tmpdir()])).to.throw(SetupError, "install the package mariadb-server");
  });
});
