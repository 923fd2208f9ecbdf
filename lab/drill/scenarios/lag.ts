import { lagBehind } from "./lag-behind";
import type { Scenario } from "../scenario";

export const lag: Scenario = {
  name: "lag",
  summary: "the ledger's copy falls 30 s behind, and then the active region dies",
  fault:
    "What the ledger's writer sent to its copy took 30 s. Then every process of the active region was killed: 30 s of settlements were lost with it.",
  expected: "nothing is lost: what the promoted ledger lacks is settled again from the journal",
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.05);
    await lagBehind(stage);
    await stage.crash(stage.active);
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    stage.faults.setReplicationDelay();
    await stage.heal(stage.active);
  },
};
