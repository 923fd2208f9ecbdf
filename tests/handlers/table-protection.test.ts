import { expect } from "chai";
import { protectTables } from "../../handlers/core/table-protection";
import { VirtualClock } from "../support/memory/clock";
import { silentLog } from "../support/memory/effects";

/** Tables of one region; `busy`: how often a table refuses a change. */
function setUp(there: Record<string, boolean>, busy: Readonly<Record<string, number>> = {}) {
  const clock = new VirtualClock();
  const left = new Map(Object.entries(busy));
  const changed: string[] = [];
  const protection = {
    isProtected: async (table: string) => there[table] === true,
    set: async (table: string, on: boolean) => {
      const refusals = left.get(table) ?? 0;
      left.set(table, refusals - 1);
      if (refusals > 0) return false;
      there[table] = on;
      changed.push(table);
      return true;
    },
  };
  const protect = (wanted: boolean) => clock.finish(protectTables(Object.keys(there), wanted, { protection, clock, log: silentLog }));
  return { clock, changed, protect };
}

describe("the tables' deletion protection", () => {
  it("is set where a replica was made without it, and nowhere else", async () => {
    const { changed, protect } = setUp({ journal: false, lease: false, sessions: true });
    await protect(true);
    expect(changed).to.deep.equal(["journal", "lease"]);
    await protect(true);
    expect(changed).to.have.length(2);
  });

  it("is taken away where the stack says so", async () => {
    const { changed, protect } = setUp({ journal: true, lease: false });
    await protect(false);
    expect(changed).to.deep.equal(["journal"]);
  });

  it("waits for a table that is being changed, and for a minute at most", async () => {
    const patient = setUp({ journal: false }, { journal: 5 });
    await patient.protect(true);
    expect(patient.clock.monotonic()).to.equal(15_000);
    const forEver = setUp({ journal: false }, { journal: Infinity });
    const error = await forEver.protect(true).then(
      () => "",
      (reason: Error) => reason.message,
    );
    expect(error).to.equal("deletion protection of journal can't be set: the table is being changed");
    expect(forEver.clock.monotonic()).to.be.at.most(63_000);
  });
});
