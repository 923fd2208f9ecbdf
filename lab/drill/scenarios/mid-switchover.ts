import type { Scenario } from "../scenario";

/** The move that died is begun again when the holder has seen itself stranded for the lease's longer limit. */
const LONG_MS = 240_000;

export const midSwitchover: Scenario = {
  name: "mid-switchover",
  summary: "the active region dies in the middle of a switchover, when the lease has been handed over and the ledger has not",
  fault: "A switchover was started. When it asked for the ledger's move, every process of the region that was to hand over was killed.",
  expected: "the other region becomes the writer all the same, by a failover of the ledger",
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [1, 1], endings: ["FAILED", "ABORTED", "TIMED_OUT"] },
  async play(stage) {
    await stage.streamReached(0.15);
    const switchover = await stage.begin("switchover", stage.passive);
    await stage.enters(switchover, "Switchover");
    await stage.crash(stage.active);
    await stage.activated(stage.passive, LONG_MS);
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
  },
};
