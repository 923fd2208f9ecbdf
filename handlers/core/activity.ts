import type { LeaseStore, Log } from "../ports";
import { json, type Answer } from "./problem";

/** 200 only on the word of a strongly consistent read; a lease that can't be read is not held. */
export async function activity(region: string, lease: Pick<LeaseStore, "read">, log: Log): Promise<Answer> {
  try {
    const held = await lease.read();
    const active = held?.holder === region;
    return json(active ? 200 : 503, { active, region, holder: held?.holder, epoch: held?.epoch });
  } catch (error) {
    log.warn("the lease can't be read", { error });
    return json(503, { active: false, region });
  }
}
