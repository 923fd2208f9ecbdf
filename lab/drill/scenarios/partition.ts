import type { Scenario } from "../scenario";

export const partition: Scenario = {
  name: "partition",
  summary: "every link of the active region is cut, its processes live on; mended under load",
  fault:
    "All links between the active region and the others were cut; clients still reached it. Without a second region it can neither accept nor renew its lease.",
  expected: "the region that is cut off accepts nothing it could lose and gives up its lease; the other takes over",
  byDefault: false,
  activityMoves: true,
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.cutLinks(stage.active);
    stage.fault("all links of the region are cut");
    await stage.confirm("the region can't accept trades", async () => !(await stage.ready(stage.active)));
    await stage.activated(stage.passive);
    await stage.streamReached(0.6);
    await stage.mendLinks(stage.active);
    stage.note(stage.active.region, "mended", "the links are back");
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
    await stage.answeredAndSettled();
  },
};
