import type { Scenario } from "../scenario";

/** So many trades at once are not under way on any calm day. */
const WAITING = 100;
/** What two cores take to work it off. */
const WORKED_OFF_MS = 300_000;

export const load: Scenario = {
  name: "load",
  summary: "twenty times the load for a tenth of the stream: more than the platform can take",
  fault: "Twenty times as many trades as before came in for a tenth of the stream's time.",
  expected:
    "what can't be taken is refused with a time to come back; nobody takes that for a lost region; every trade is accepted and settled in the end",
  byDefault: false,
  surge: { from: 0.3, to: 0.4, times: 20 },
  expects: { moves: [0, 0], longerMs: WORKED_OFF_MS },
  async play(stage) {
    await stage.streamReached(0.3);
    stage.fault("twenty times the load");
    await stage.confirm("clients are made to wait", () => stage.waiting() >= WAITING, 15_000);
    await stage.answeredAndSettled();
  },
};
