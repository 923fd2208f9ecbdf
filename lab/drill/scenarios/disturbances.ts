import type { Disturbance } from "../../region/config";
import type { Scenario } from "../scenario";

interface Answer {
  readonly status: number | undefined;
  readonly ms: number;
}

/** A region that neither works nor is gone. It may lose the activity or keep it: both are right as long as clients are served. */
const disturbed = (
  words: Pick<Scenario, "name" | "summary" | "fault" | "expected">,
  disturbance: Disturbance,
  effect: { readonly what: string; readonly shows: (answer: Answer) => boolean },
): Scenario => ({
  ...words,
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [0, 1] },
  async play(stage) {
    await stage.streamReached(0.15);
    await stage.faults.disturb(stage.active, disturbance);
    stage.fault(words.summary);
    await stage.confirm(effect.what, async () => effect.shows(await stage.asked(stage.active)));
    await stage.streamReached(0.75);
    await stage.faults.disturb(stage.active, { failing: 0, delayMs: 0 });
    stage.note(stage.active.region, "calm", "the region works again");
    await stage.answeredAndSettled();
    await stage.copyFollows();
    await stage.answeredAndSettled();
  },
});

const DELAY_MS = 3_000;
/** An answer that takes so long is not one of a well region. */
const SLOW_MS = 1_000;

export const brownout = disturbed(
  {
    name: "brownout",
    summary: "half of all requests to the active region fail, those of its own functions to AWS included",
    fault: "Half of all requests to the active region's public API, and half of its functions' calls of AWS, were answered with a 503.",
    expected: "clients are served; at most one failover, and no trade is lost or settled twice",
  },
  { failing: 0.5, delayMs: 0 },
  { what: "requests fail", shows: ({ status }) => status === 503 },
);

export const slow = disturbed(
  {
    name: "slow",
    summary: "every request to the active region takes three seconds longer, those of its own functions to AWS included",
    fault: "Every request to the active region's public API, and every call of AWS by its functions, was held up for three seconds.",
    expected: "clients are served; at most one failover, and no trade is lost or settled twice",
  },
  { failing: 0, delayMs: DELAY_MS },
  { what: "answers are slow", shows: ({ ms }) => ms >= SLOW_MS },
);
