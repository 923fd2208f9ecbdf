import type { Scenario } from "../scenario";

export const update: Scenario = {
  name: "update",
  summary: "both regions are updated in the middle of a switchover",
  fault: "No fault of AWS's: while a switchover was on its way, every resource of both regions was written again, as an update does.",
  expected: "the move ends well, and the update does not take the activity back",
  byDefault: false,
  leastSeconds: 75,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.2);
    const switchover = await stage.begin("switchover", stage.passive);
    await stage.enters(switchover, "Switchover");
    stage.fault("an update begins in the middle of the switchover");
    for (const region of [stage.passive, stage.active]) await stage.operator.deploy(region);
    await stage.ends(switchover, "SUCCEEDED");
    await stage.activated(stage.passive);
    await stage.confirm("the other region holds the lease", async () => (await stage.holder()) === stage.passive.region);
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
  },
};
