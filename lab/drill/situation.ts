import type { Snapshot } from "./observe";

/** A look at the lab in one line, for errors. */
export function situation({ lease, regions, pending, dns }: Snapshot): string {
  const parts = regions.map(
    ({ region, process, ledger, lagMs }) =>
      `${region} ${process}, ledger ${ledger?.role ?? "unreachable"} at ${ledger?.fence ?? "?"}, lag ${lagMs ?? "?"}`,
  );
  return `lease ${lease === undefined ? "unknown" : `${lease.holder} epoch ${lease.epoch}`}; ${parts.join("; ")}; unsettled ${pending ?? "?"}; dns ${dns ?? "?"}`;
}
