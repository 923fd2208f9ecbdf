import { FAR_BEHIND_MS, lagBehind } from "./lag-behind";
import type { Scenario } from "../scenario";

export const lagRefused: Scenario = {
  name: "lag-refused",
  summary: "a switchover is asked for while the ledger's copy is 30 s behind, and must be refused",
  fault: "What the ledger's writer sent to its copy took 30 s. A person started the switchover all the same.",
  expected: "the switchover is refused and changes nothing; trades go on",
  byDefault: false,
  leastSeconds: 75,
  expects: { moves: [0, 0], endings: ["FAILED"] },
  async play(stage) {
    await stage.streamReached(0.05);
    await lagBehind(stage);
    const switchover = await stage.begin("switchover", stage.passive);
    stage.fault("a switchover is asked for");
    await stage.confirm("the copy is far behind", () => stage.lagMs(stage.passive) >= FAR_BEHIND_MS);
    await stage.ends(switchover, "FAILED");
    stage.faults.setReplicationDelay();
    await stage.followsWriter(stage.passive);
    await stage.answeredAndSettled();
  },
};
