import { expect } from "chai";
import { seededRandom } from "../../lab/drill/stream";
import { Admission, type Limits, type Refusal } from "../../lab/region/gateway/admission";

interface Load {
  readonly limits: Limits;
  /** Trades that come for the first time, a second. */
  readonly offered: number;
  readonly seconds: number;
  /** How long the function takes over one. */
  readonly serviceMs: number;
}

/** Clients that come back with jitter when they are refused, in virtual time; answers what was served each second, and the refusals. */
function run({ limits, offered, seconds, serviceMs }: Load): { served: number; refused: Record<Refusal, number>; longestMs: number } {
  const random = seededRandom(1);
  const events: { at: number; act: () => void }[] = [];
  let now = 0;
  const at = (when: number, act: () => void): void => void events.push({ at: when, act });
  const admission = new Admission(limits, () => now);
  const refused = { THROTTLED: 0, INTEGRATION_FAILURE: 0 };
  let [served, longestMs] = [0, 0];
  const attempt = (tries: number): void => {
    const began = now;
    const refusal = admission.enter("POST", "/trades");
    if (refusal !== undefined) {
      refused[refusal] += 1;
      return at(now + 1000 + random() * Math.min(4000, 500 * 2 ** tries), () => attempt(tries + 1));
    }
    at(now + serviceMs, () => {
      admission.leave("POST");
      longestMs = Math.max(longestMs, now - began);
      if (now <= seconds * 1000) served += 1;
    });
  };
  for (let n = 0; n < offered * seconds; n++) at((n * 1000) / offered, () => attempt(0));
  for (;;) {
    events.sort((a, b) => b.at - a.at);
    const next = events.pop();
    if (next === undefined || next.at > seconds * 1000) return { served: served / seconds, refused, longestMs };
    now = next.at;
    next.act();
  }
}

describe("load beyond a region's capacity", () => {
  it("is refused by the stage's rate, and goodput stays above 80 % of it at twice the rate", () => {
    const { served, refused, longestMs } = run({
      limits: { throttling: { rate: 40, burst: 40 } },
      offered: 80,
      seconds: 15,
      serviceMs: 50,
    });
    expect(served).to.be.at.least(0.8 * 40);
    expect(refused.THROTTLED).to.be.above(0);
    // Who is let in waits for nobody.
    expect(longestMs).to.equal(50);
  });

  it("is refused by the function's reserved concurrency, and goodput stays above 80 % of what it can do", () => {
    const { served, refused, longestMs } = run({ limits: { intakeConcurrency: 4 }, offered: 80, seconds: 15, serviceMs: 100 });
    expect(served).to.be.at.least(0.8 * 40);
    expect(refused.INTEGRATION_FAILURE).to.be.above(0);
    expect(longestMs).to.equal(100);
  });

  it("is nothing that a region without registered limits knows", () => {
    expect(run({ limits: {}, offered: 100, seconds: 2, serviceMs: 100 }).refused).to.deep.equal({ THROTTLED: 0, INTEGRATION_FAILURE: 0 });
  });

  it("of trades does not shut the door on who asks for a region's health", () => {
    const admission = new Admission({ throttling: { rate: 1, burst: 1 }, intakeConcurrency: 1 }, () => 0);
    expect(admission.enter("POST", "/trades")).to.equal(undefined);
    expect(admission.enter("POST", "/trades")).to.equal("THROTTLED");
    expect(admission.enter("GET", "/health/ready")).to.equal(undefined);
  });
});
