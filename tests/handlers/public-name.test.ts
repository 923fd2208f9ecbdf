import { expect } from "chai";
import { nameLeads } from "../../handlers/core/validation";
import { VirtualClock } from "../support/memory/clock";

const URL = "https://trades.example.com";

/** Who answers the name, and who holds the lease, at a time in milliseconds. */
function look(answers: (ms: number) => string | undefined, holder: string, followsLease = true) {
  const clock = new VirtualClock();
  const probe = {
    get: async () => {
      const body = answers(clock.monotonic());
      return body === undefined ? undefined : { status: 200, body };
    },
    post: () => Promise.reject(new Error("nothing is sent")),
  };
  const lease = { read: async () => ({ holder, epoch: 2, renewals: 0 }) };
  return clock.finish(nameLeads(URL, { followsLease, waitMs: 60_000 }, { probe, clock, lease }));
}
const by = (region: string): string => JSON.stringify({ status: "ok", region });

describe("the public name", () => {
  it("is ready where it leads to the lease's holder", async () => {
    expect(await look(() => by("west"), "west")).to.deep.equal({ answered: true, detail: `${URL} is answered by west` });
  });

  it("is not where it leads to the passive region, but has its time to follow a move", async () => {
    expect(await look(() => by("east"), "west")).to.deep.equal({
      answered: false,
      detail: `${URL} is answered by east, and the lease is held by west`,
    });
    expect(await look((ms) => by(ms < 45_000 ? "east" : "west"), "west")).to.have.property("answered", true);
  });

  it("is ready with whichever region where both answer it", async () => {
    expect(await look(() => by("east"), "west", false)).to.have.property("answered", true);
  });

  it("is not where nobody answers, or somebody else does", async () => {
    expect((await look(() => undefined, "west", false)).detail).to.equal(`${URL} does not answer`);
    expect((await look(() => "<html>", "west", false)).detail).to.equal(`${URL} is answered by nobody`);
  });
});
