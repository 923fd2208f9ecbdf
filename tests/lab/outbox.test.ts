import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Outbox } from "../../lab/cross-region/outbox";

const LAG_MS = 5;
const RETRY_MS = 20;

/** Copies that arrive only while the other region is there. */
function regionAway(outbox: Outbox, copies: number) {
  const state = { isAway: true, tries: 0, arrived: [] as number[] };
  for (let number = 0; number < copies; number += 1)
    outbox.put(() => {
      state.tries += 1;
      if (state.isAway) return Promise.reject(new Error("away"));
      state.arrived.push(number);
      return Promise.resolve();
    });
  return state;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 400; left > 0 && !isSo(); left -= 1) await sleep(5);
}

describe("lab: what waits to be copied to the other region", () => {
  let outbox: Outbox;
  beforeEach(() => (outbox = new Outbox(LAG_MS, RETRY_MS)));
  afterEach(() => outbox.close());

  it("asks a region that is away once a retry, however much waits, and loses nothing", async () => {
    const copies = 500;
    const state = regionAway(outbox, copies);
    await until(() => state.tries >= 20);
    const { tries } = state;
    const began = performance.now();
    await sleep(5 * RETRY_MS);
    expect(state.tries - tries).to.be.within(1, (performance.now() - began) / RETRY_MS + 1);
    state.isAway = false;
    await until(() => state.arrived.length === copies);
    expect(new Set(state.arrived).size).to.equal(copies);
  });

  it("is not held up by a copy that never arrives", async () => {
    outbox.put(() => Promise.reject(new Error("never")));
    const state = regionAway(outbox, 20);
    state.isAway = false;
    await until(() => state.arrived.length === 20);
    expect(state.arrived).to.have.length(20);
  });

  it("tries nothing before the lag is over", async () => {
    const slow = new Outbox(10_000, RETRY_MS);
    const state = regionAway(slow, 1);
    await sleep(50);
    slow.close();
    expect(state.tries).to.equal(0);
  });
});
