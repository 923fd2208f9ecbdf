import type { Scenario } from "../scenario";

const DENIED = ["rds-data:*"];
/** Longer than the longest limit after which a lease is taken from a region that serves and can't settle. */
const DENIED_MS = 75_000;
const GATHERED = 20;

export const permission: Scenario = {
  name: "permission",
  summary: "no function of either region may use the ledger any more, for longer than a lease lasts; then it may again",
  fault: "An organization's policy denied every call of the ledger's API to every function of both regions, for 75 s.",
  expected: "acceptance goes on; nothing moves, because a move would not help; all is settled when the permission is back",
  byDefault: false,
  leastSeconds: 90,
  expects: { moves: [0, 0], denied: DENIED },
  async play(stage) {
    await stage.streamReached(0.1);
    for (const region of [stage.active, stage.passive]) await stage.faults.deny(region, DENIED);
    stage.fault(`${DENIED.join(", ")} is denied to every function of both regions`);
    await stage.confirm("nothing is settled", () => (stage.pendingTrades() ?? 0) >= GATHERED, 15_000);
    await stage.sinceFault(DENIED_MS);
    for (const region of [stage.active, stage.passive]) await stage.faults.deny(region, []);
    stage.note("world", "permission", "the permission is back");
    await stage.answeredAndSettled();
  },
};
