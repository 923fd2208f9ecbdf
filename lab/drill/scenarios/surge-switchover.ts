import type { Scenario } from "../scenario";

export const surgeSwitchover: Scenario = {
  name: "surge-switchover",
  summary: "the switchover machine moves the activity while the load doubles",
  fault: "No fault: the switchover was started at the moment at which twice as many trades came in.",
  expected: "the activity moves without loss and without a client that waits",
  byDefault: false,
  surge: { from: 0.25, to: 1, times: 2 },
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.25);
    stage.fault(`the load doubles, and a switchover to ${stage.passive.region} is started`);
    await stage.switchOverTo(stage.passive);
    await stage.confirm("the other region holds the lease", async () => (await stage.holder()) === stage.passive.region);
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
  },
};
