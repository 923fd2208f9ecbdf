import type { Stage } from "../scenario";

const DELAY_MS = 30_000;
/** A copy that is so far behind is, by any measure. */
export const FAR_BEHIND_MS = 20_000;
const WITHIN_MS = 60_000;

/** What the writer sends takes 30 s from now on; resolves when the copy is far behind, and rejects when it does not get so. */
export async function lagBehind(stage: Stage): Promise<void> {
  stage.faults.setReplicationDelay(DELAY_MS);
  stage.note(stage.passive.region, "lag", "the ledger's log takes longer and longer");
  await stage.until("the copy is far behind", () => stage.lagMs(stage.passive) >= FAR_BEHIND_MS, WITHIN_MS);
}
