import type { Scenario } from "../scenario";

const GATHERED = 20;

export const oldQueue: Scenario = {
  name: "old-queue",
  summary: "a region dies with messages in its queue, which come back and are delivered after the failback",
  fault:
    "Nobody polled the active region's queue for a while; then every process of it was killed. The other region settled the trades. The queue came back with its region, and was delivered after the activity had come back, too.",
  expected: "the other region settles what the lost queue held; the old messages have no second effect",
  byDefault: false,
  expects: { moves: [2, 2] },
  async play(stage) {
    await stage.streamReached(0.2);
    await stage.operator.setPollers(stage.active, false);
    await stage.until("messages gather in the queue", () => (stage.queued(stage.active) ?? 0) >= GATHERED, 30_000);
    await stage.active.kill();
    stage.fault("SIGKILL to every process of the region, with messages in its queue");
    await stage.activated(stage.passive);
    await stage.answeredAndSettled();
    await stage.heal(stage.active);
    await stage.confirm("the queue came back with old messages", () => (stage.queued(stage.active) ?? 0) > 0);
    const failback = await stage.begin("switchover", stage.active);
    // The lease and the ledger are back; the machine goes on to settle a trade of its own, for which it needs the pollers, too.
    await stage.enters(failback, "Reconcile");
    await stage.operator.setPollers(stage.active, true);
    stage.note(stage.active.region, "pollers", "the old queue is delivered in the region that is active again");
    await stage.ends(failback, "SUCCEEDED");
    await stage.until("the old messages are taken", () => stage.queued(stage.active) === 0, 60_000);
    await stage.answeredAndSettled();
    await stage.followsWriter(stage.passive);
  },
};
