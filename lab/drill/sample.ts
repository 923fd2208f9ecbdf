import type { Sample } from "../report/model";
import type { Snapshot } from "./observe";

/** A look at the lab as the report keeps it. */
export const sampleOf = ({ lease, pending, dns, checks, regions }: Snapshot, atMs: number): Sample => ({
  atMs,
  holder: lease?.holder,
  epoch: lease?.epoch,
  pending,
  name: dns,
  checks,
  regions: regions.map(({ region, process, ledger, lagMs, queue }) => ({
    region,
    process,
    ledger: ledger?.role,
    fence: ledger?.fence,
    lagMs,
    queue: queue === undefined ? undefined : queue.waiting + queue.inFlight,
  })),
});
