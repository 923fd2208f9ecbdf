import type { Scenario } from "../scenario";

/** A holder whose writer is silent keeps the lease for its longer limit before it lets go. */
const LONG_MS = 180_000;

export const databaseHang: Scenario = {
  name: "database-hang",
  summary: "SIGSTOP to the active region's database alone; it wakes under load after the other has taken over",
  fault: "The active region's database was stopped by SIGSTOP: its connections stayed open, and nothing was answered on them.",
  expected: "acceptance goes on all the while; settlement comes back in the other region; what the old writer does when it wakes is fenced",
  byDefault: false,
  leastSeconds: 100,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.15);
    await stage.faults.freezeDatabase(stage.active);
    stage.fault("SIGSTOP to the database");
    await stage.confirm("the region's database is silent", async () => !(await stage.databaseAnswers(stage.active)));
    await stage.activated(stage.passive, LONG_MS);
    await stage.streamReached(0.8);
    await stage.faults.thawDatabase(stage.active);
    stage.note(stage.active.region, "resumed", "SIGCONT: the old writer wakes");
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
    await stage.answeredAndSettled();
  },
};
