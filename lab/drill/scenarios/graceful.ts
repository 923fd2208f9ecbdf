import type { Scenario } from "../scenario";

export const graceful: Scenario = {
  name: "graceful",
  summary: "the switchover machine moves the activity to the other region under load, by switchover",
  fault: "No fault: the switchover execution was started in the passive region while trades flowed.",
  expected: "the activity moves without loss and without a client that waits",
  byDefault: true,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.25);
    stage.fault(`switchover to ${stage.passive.region} is started`);
    await stage.switchOverTo(stage.passive);
    await stage.confirm("the other region holds the lease", async () => (await stage.holder()) === stage.passive.region);
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
  },
};
