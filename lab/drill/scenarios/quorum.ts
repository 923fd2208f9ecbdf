import type { Scenario } from "../scenario";

const ALONE_MS = 20_000;
/** The longer a client has waited, the longer it pauses. */
const PAUSES_MS = 10_000;

export const quorum: Scenario = {
  name: "quorum",
  summary: "the witness and the active region die together; the witness comes back after twenty seconds",
  fault:
    "The witness and every process of the active region were gone at once: one region of three was left, which can't keep anything. The witness came back.",
  expected: "the region that is left accepts nothing while it is alone; it takes over when the witness is back",
  byDefault: false,
  expects: { moves: [1, 1], longerMs: ALONE_MS + PAUSES_MS },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.faults.stopWitness();
    await stage.active.kill();
    stage.fault("the witness is gone, and every process of the region");
    const allow = stage.forbidAcceptance();
    await stage.confirm("the region that is left can't accept trades", async () => !(await stage.ready(stage.passive)));
    await stage.sinceFault(ALONE_MS);
    allow();
    await stage.faults.startWitness();
    stage.note("world", "witness", "the witness is back");
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
  },
};
