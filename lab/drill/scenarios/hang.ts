import type { Scenario } from "../scenario";

/** Longer than the acceptance goal: a client that only waits for the thaw misses it. */
const HANG_TO_GOAL = 1.25;

export const hang: Scenario = {
  name: "hang",
  summary: "SIGSTOP to every process of the active region; it wakes after the other has taken over, and must be fenced",
  fault:
    "Every process of the active region was stopped by SIGSTOP: it refused nothing and answered nothing, for more than a minute. It was resumed under load, with messages in its queue and a ledger that still took writes, after the other region had taken over.",
  expected: "the standby takes over while the region is silent; what it does after it wakes is fenced",
  byDefault: true,
  expects: { moves: [1, 1] },
  leastSeconds: 130,
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.active.freeze();
    stage.fault("SIGSTOP to every process of the region");
    await stage.confirm("the region's address is silent", async () => !(await stage.answers(stage.active)));
    await stage.activated(stage.passive);
    // Clients that prefer this region must have time to come back to it while trades still flow: only then does the fence carry any weight.
    await stage.sinceFault(HANG_TO_GOAL * stage.acceptanceGoalMs);
    await stage.streamReached(0.6);
    await stage.active.thaw();
    stage.note(stage.active.region, "resumed", "SIGCONT: it wakes as the holder of a lease that it has lost");
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.active);
    // What the old copy alone had settled, had anything been, is gone now; the check comes after this and before any failback.
    await stage.answeredAndSettled();
  },
};
