import type { Scenario } from "../scenario";

export const threeMoves: Scenario = {
  name: "three-moves",
  summary: "three switchovers in a row, there, back and there again, under load",
  fault: "No fault: the activity was moved three times in a row while trades flowed.",
  expected: "each move loses nothing and makes nobody wait",
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [3, 3] },
  async play(stage) {
    const { active, passive } = stage;
    await stage.streamReached(0.1);
    stage.fault("the first of three switchovers is started");
    for (const to of [passive, active, passive]) {
      await stage.switchOverTo(to);
      await stage.copyFollows();
    }
    await stage.confirm("the other region holds the lease", async () => (await stage.holder()) === passive.region);
    await stage.answeredAndSettled();
  },
};
