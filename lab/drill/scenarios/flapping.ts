import type { Scenario } from "../scenario";

const TIMES = 5;
const PHASE_MS = 15_000;

export const flapping: Scenario = {
  name: "flapping",
  summary: "the active region is silent for 15 s and back for 15 s, five times",
  fault: "Every process of the active region was stopped by SIGSTOP for 15 s and resumed for 15 s, five times over.",
  expected: "one failover at most: the activity does not flap with the region",
  byDefault: false,
  leastSeconds: 175,
  expects: { moves: [0, 1] },
  async play(stage) {
    await stage.streamReached(0.08);
    for (let time = 1; time <= TIMES; time++) {
      await stage.active.freeze();
      if (time === 1) {
        stage.fault("SIGSTOP to every process of the region, for the first time of five");
        await stage.confirm("the region's address is silent", async () => !(await stage.answers(stage.active)));
      } else stage.note(stage.active.region, "silent", `SIGSTOP, time ${time} of ${TIMES}`);
      await stage.sinceFault((2 * time - 1) * PHASE_MS);
      await stage.active.thaw();
      stage.note(stage.active.region, "resumed", `SIGCONT, time ${time} of ${TIMES}`);
      await stage.sinceFault(2 * time * PHASE_MS);
    }
    await stage.answeredAndSettled();
    await stage.copyFollows();
    await stage.answeredAndSettled();
  },
};
