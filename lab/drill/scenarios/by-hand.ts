import type { Scenario } from "../scenario";

export const byHand: Scenario = {
  name: "by-hand",
  summary: "the active region dies, and a person starts the failover that the sentinel has just started",
  fault:
    "Every process of the active region was killed. As soon as the system had started a failover, a person started the same one under another name.",
  expected: "one hand-over: the second start finds the lease taken and ends the same",
  byDefault: false,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.crash(stage.active);
    await stage.begun("failover", stage.passive);
    const byHand = await stage.begin("failover", stage.passive, { epoch: stage.epoch, name: `by-hand-${stage.epoch + 1}` });
    stage.note(stage.passive.region, "by hand", "a person starts the failover, too");
    await stage.activated(stage.passive);
    await stage.ends(byHand, "SUCCEEDED");
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
  },
};
