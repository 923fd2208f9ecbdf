import type { Scenario } from "../scenario";

export const standby: Scenario = {
  name: "standby",
  summary: "SIGKILL to every process of the passive region in mid-stream; healed after the stream",
  fault: "Every process of the passive region was killed by SIGKILL.",
  expected: "nothing moves: the active region and the witness are a quorum; clients that prefer the standby go to the other region",
  byDefault: false,
  expects: { moves: [0, 0] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.crash(stage.passive);
    await stage.answeredAndSettled();
    await stage.heal(stage.passive);
  },
};
