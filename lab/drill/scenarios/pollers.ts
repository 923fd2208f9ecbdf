import type { Scenario } from "../scenario";

/** More than a batch that is under way. */
const GATHERED = 20;

export const pollers: Scenario = {
  name: "pollers",
  summary: "nobody polls the active region's queue for half of the stream",
  fault: "The mapping from the active region's queue to the function that settles was disabled: messages came in, and nobody took them.",
  expected:
    "acceptance goes on; nobody takes over from a region whose ledger takes writes: an alarm tells people; all is settled when the pollers are back",
  byDefault: false,
  expects: { moves: [0, 0] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.operator.setPollers(stage.active, false);
    stage.fault("the queue's pollers are gone");
    await stage.confirm("messages gather in the queue", () => (stage.queued(stage.active) ?? 0) >= GATHERED, 15_000);
    await stage.streamReached(0.75);
    await stage.operator.setPollers(stage.active, true);
    stage.note(stage.active.region, "pollers", "the pollers are back");
    await stage.answeredAndSettled();
  },
};
