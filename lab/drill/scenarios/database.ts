import type { Scenario } from "../scenario";

export const database: Scenario = {
  name: "database",
  summary: "SIGKILL to the active region's database alone; it comes back after the stream",
  fault: "The active region's database was killed by SIGKILL; everything else of the region went on.",
  expected: "acceptance goes on all the while; settlement comes back in the other region",
  byDefault: false,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.faults.killDatabase(stage.active);
    stage.fault("SIGKILL to the database");
    await stage.confirm("the region's database is silent", async () => !(await stage.databaseAnswers(stage.active)));
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    await stage.faults.startDatabase(stage.active);
    await stage.followsWriter(stage.active);
  },
};
