import type { Scenario } from "../scenario";

export const crash: Scenario = {
  name: "crash",
  summary: "SIGKILL to every process of the active region in mid-stream; healed after the stream",
  fault:
    "Every process of the active region (emulator, functions, database, journal replica) was killed by SIGKILL; nobody told the system.",
  expected: "the standby takes over by itself; nothing is lost or settled twice; clients go on within their goals",
  byDefault: true,
  expects: { moves: [1, 1] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.crash(stage.active);
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
  },
};
