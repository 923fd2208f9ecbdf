import { expect } from "chai";
import { Lanes } from "../../lab/region/lanes";

describe("lab: requests of many callers on one thread", () => {
  it("a burst of one caller holds up its own requests and nobody else's", async () => {
    const lanes = new Lanes(2);
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const ask = (caller: string, name: string): Promise<void> =>
      lanes.run(caller, () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const burst = ["a1", "a2", "a3", "a4"].map((name) => ask("a", name));
    const other = ask("b", "b1");
    await new Promise(setImmediate);
    expect(started).to.deep.equal(["a1", "a2", "b1"]);
    while (started.length < 5) {
      for (const end of ends.splice(0)) end();
      await new Promise(setImmediate);
    }
    for (const end of ends.splice(0)) end();
    await Promise.all([...burst, other]);
    expect(started).to.deep.equal(["a1", "a2", "b1", "a3", "a4"]);
  });

  it("a request that fails gives its place to the next", async () => {
    const lanes = new Lanes(1);
    const failed = lanes.run("a", () => Promise.reject(new Error("broken"))).catch((error: Error) => error.message);
    expect(await lanes.run("a", () => Promise.resolve("served"))).to.equal("served");
    expect(await failed).to.equal("broken");
  });
});
