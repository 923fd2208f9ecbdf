import type { LeaseStore, Log } from "../ports";
import { json, unavailable, type Answer } from "./problem";

/**
 * 200 only on the word of a strongly consistent read. A passive region is in good order and says 409: a 503 counts as a fault of the API, so it is kept
 * for a lease that can't be read.
 */
export async function activity(region: string, lease: Pick<LeaseStore, "read">, log: Log): Promise<Answer> {
  try {
    const held = await lease.read();
    const active = held?.holder === region;
    return json(active ? 200 : 409, { active, region, holder: held?.holder, epoch: held?.epoch });
  } catch (error) {
    log.warn("the lease can't be read", { error });
    return unavailable("the lease can't be read now");
  }
}
