import { expect } from "chai";
import fc from "fast-check";
import { sweepParameters, syncParameter, type ParameterSyncPorts } from "../../handlers/core/parameter-sync";
import { noMetrics, silentLog } from "../support/memory/effects";
import { MemoryLeaseStore } from "../support/memory/lease-store";
import { MemoryParameters } from "../support/memory/parameters";

const REGIONS = ["us-east-1", "us-east-2"] as const;
type Region = (typeof REGIONS)[number];
const other = (region: Region): Region => (region === "us-east-1" ? "us-east-2" : "us-east-1");

function world() {
  const lease = new MemoryLeaseStore({ holder: "us-east-1", epoch: 1, renewals: 0 });
  const stores = { "us-east-1": new MemoryParameters(), "us-east-2": new MemoryParameters() };
  const overtaken: string[] = [];
  const portsOf = (region: Region): ParameterSyncPorts => ({
    lease,
    own: stores[region].own,
    peer: stores[other(region)].asPeer,
    log: silentLog,
    metrics: { ...noMetrics, put: (name) => void overtaken.push(name) },
    region,
  });
  /** Delivers events until there are none; throws when there is no end to them. */
  const settle = async (): Promise<void> => {
    for (let delivered = 0; delivered < 1_000; delivered += 1) {
      const region = REGIONS.find((one) => stores[one].events.length > 0);
      if (region === undefined) return;
      await syncParameter(stores[region].events.shift() ?? "", portsOf(region));
    }
    throw new Error("the events have no end");
  };
  return { lease, stores, overtaken, portsOf, settle };
}

describe("shared parameters", () => {
  it("are copied by the active region, type and all, and the copy's own event ends it", async () => {
    const { stores, settle } = world();
    stores["us-east-1"].put("/s/limit", "5");
    stores["us-east-1"].put("/s/token", "t", "SecureString");
    await settle();
    expect(stores["us-east-2"].stored.get("/s/token")).to.deep.equal({ type: "SecureString", value: "t", epoch: 1 });
    expect(stores["us-east-2"].writes).to.equal(2);
    expect(stores["us-east-1"].writes).to.equal(2);
  });

  it("are not copied by the passive region, nor by one that has just lost the lease", async () => {
    const { lease, stores, portsOf } = world();
    stores["us-east-2"].put("/s/limit", "9");
    expect(await syncParameter("/s/limit", portsOf("us-east-2"))).to.equal("passive");

    stores["us-east-1"].put("/s/limit", "5");
    const ports = portsOf("us-east-1");
    const late = {
      ...ports,
      own: { ...ports.own, read: async (name: string) => (await lease.take("us-east-2", 1), ports.own.read(name)) },
    };
    expect(await syncParameter("/s/limit", late)).to.equal("superseded");
    expect(stores["us-east-2"].values()).to.deep.equal({ "/s/limit": "9" });
  });

  it("that the other region copied under a later epoch are left alone", async () => {
    const { stores, portsOf } = world();
    stores["us-east-1"].put("/s/limit", "5");
    stores["us-east-2"].stored.set("/s/limit", { type: "String", value: "7", epoch: 2 });
    expect(await syncParameter("/s/limit", portsOf("us-east-1"))).to.equal("superseded");
  });

  it("whose copy a move of the lease has overtaken are reported, not hidden", async () => {
    const { lease, stores, overtaken, portsOf } = world();
    stores["us-east-1"].put("/s/limit", "5");
    const ports = portsOf("us-east-1");
    const slow: ParameterSyncPorts = {
      ...ports,
      peer: { ...ports.peer, write: async (...args) => (await lease.take("us-east-2", 1), ports.peer.write(...args)) },
    };
    expect(await syncParameter("/s/limit", slow)).to.equal("superseded");
    expect(overtaken).to.deep.equal(["ParameterCopyOvertaken"]);
  });

  it("that were removed are removed in the other region, by their event and never by a sweep", async () => {
    const { stores, portsOf, settle } = world();
    stores["us-east-1"].put("/s/limit", "5");
    await settle();
    stores["us-east-1"].drop("/s/limit");
    stores["us-east-1"].events.length = 0;
    expect(await sweepParameters(portsOf("us-east-1"))).to.deep.equal({ looked: 0, copied: [], superseded: [] });
    expect(stores["us-east-2"].values()).to.deep.equal({ "/s/limit": "5" });
    expect(await syncParameter("/s/limit", portsOf("us-east-1"))).to.equal("removed");
    expect(stores["us-east-2"].values()).to.deep.equal({});
  });

  it("whose events were lost are found by a sweep, which tries all and names what it could not copy", async () => {
    const { stores, portsOf } = world();
    stores["us-east-1"].put("/s/a", "1");
    stores["us-east-1"].put("/s/b", "2");
    const ports = portsOf("us-east-1");
    const broken: ParameterSyncPorts = {
      ...ports,
      peer: {
        ...ports.peer,
        write: (name, ...rest) => (name === "/s/a" ? Promise.reject(new Error("refused")) : ports.peer.write(name, ...rest)),
      },
    };
    const error = await sweepParameters(broken).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).to.equal("1 of 2 parameters were not copied: /s/a: refused");
    expect(stores["us-east-2"].values()).to.deep.equal({ "/s/b": "2" });
    expect(await sweepParameters(ports)).to.deep.equal({ looked: 2, copied: ["/s/a"], superseded: [] });
    expect(await sweepParameters(portsOf("us-east-2"))).to.deep.equal({ looked: 0, copied: [], superseded: [] });
  });

  it("are the same in both regions once the events are over, whatever moved when, and the events do end", async () => {
    const name = fc.constantFrom("/s/a", "/s/b", "/s/c");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("put" as const), name, value: fc.constantFrom("1", "2", "3") }),
      fc.record({ kind: fc.constant("drop" as const), name }),
      fc.record({ kind: fc.constant("deliver" as const), region: fc.constantFrom(...REGIONS), index: fc.nat(5) }),
      fc.record({ kind: fc.constant("move" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { lease, stores, portsOf, settle } = world();
        const holder = (): Region => (lease.lease?.holder === "us-east-2" ? "us-east-2" : "us-east-1");
        for (const one of steps) {
          if (one.kind === "put") stores[holder()].put(one.name, one.value);
          else if (one.kind === "drop") stores[holder()].drop(one.name);
          else if (one.kind === "move") await lease.take(other(holder()), lease.lease?.epoch ?? 0);
          else {
            const [event] = stores[one.region].events.splice(one.index, 1);
            if (event !== undefined) await syncParameter(event, portsOf(one.region));
          }
        }
        await settle();
        await sweepParameters(portsOf(holder()));
        await settle();
        // All that the holder has; what only the other one has may have been written there last.
        expect(stores[other(holder())].values()).to.include(stores[holder()].values());
      }),
      { numRuns: 300 },
    );
  });
});
