import type { Execution } from "../operator";
import type { Scenario, Stage } from "../scenario";

const LEAST_STOPS = 5;
/** Each look asks the region's own emulator, which has trades to serve. */
const LOOK_MS = 300;
const WITHIN_MS = 180_000;

/** Stops the execution at a state where it has not been stopped before, and answers that; undefined: it came to its end first, and a good one. */
async function stopAtNext(stage: Stage, execution: Execution, before: ReadonlySet<string>): Promise<string | undefined> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const state = (await execution.entered()).find((entered) => !before.has(entered));
    const { status, detail } = await execution.look();
    if (status === "SUCCEEDED") return undefined;
    if (status !== "RUNNING" || performance.now() > deadline) throw new Error(`the failover that was begun again is ${status}: ${detail}`);
    if (state !== undefined) {
      await execution.stop(`at ${state}`);
      return state;
    }
    await stage.pause(LOOK_MS);
  }
}

export const orchestrator: Scenario = {
  name: "orchestrator",
  summary: "the active region dies, and the failover's execution is stopped at each of its steps and begun again",
  fault:
    "Every process of the active region was killed. The execution of the failover was stopped at each state that it was seen to enter, and begun again by a person.",
  expected: "each step can be done again: one hand-over, and the failover ends as if nobody had stopped it",
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [1, 1], endings: ["ABORTED"] },
  async play(stage) {
    await stage.streamReached(0.15);
    await stage.active.kill();
    stage.fault("SIGKILL to every process of the region");
    let execution = await stage.begun("failover", stage.passive);
    const stopped = new Set<string>();
    for (let again = 1; ; again++) {
      const state = await stopAtNext(stage, execution, stopped);
      if (state === undefined) break;
      stopped.add(state);
      stage.note(stage.passive.region, "stopped", `the failover at ${state}`);
      execution = await stage.begin("failover", stage.passive, { epoch: stage.epoch, name: `again-${stage.epoch + 1}-${again}` });
    }
    await stage.confirm("the failover was stopped at several steps", () => stopped.size >= LEAST_STOPS);
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
  },
};
