import type { Scenario } from "../scenario";

export const witness: Scenario = {
  name: "witness",
  summary: "the witness region of the journal's quorum is gone for half of the stream; nothing may be noticed",
  fault: "The witness, third voter of the journal and the lease, was taken away for half of the stream.",
  expected: "nothing: two regions are a quorum",
  byDefault: false,
  expects: { moves: [0, 0] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.faults.stopWitness();
    stage.fault("the witness is gone");
    await stage.confirm("the witness is silent", async () => !(await stage.faults.witnessAnswers()));
    await stage.streamReached(0.75);
    await stage.faults.startWitness();
    stage.note("world", "witness", "the witness is back");
    await stage.answeredAndSettled();
  },
};
