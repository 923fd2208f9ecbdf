import type { Clock, Log, TableProtection } from "../ports";

export interface ProtectionPorts {
  readonly protection: TableProtection;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  readonly log: Log;
}

/** A table that is being changed takes no second change; a replica that has just been made is changed for a while. */
const BUSY_MS = 60_000;
const PAUSE_MS = 3_000;

/**
 * Brings this region's tables to where `wanted` says. The provider sets it when it makes a table, and not on the strongly consistent replicas that AWS makes of it.
 * @throws when a table is being changed for longer than a minute
 */
export async function protectTables(
  tables: readonly string[],
  wanted: boolean,
  { protection, clock, log }: ProtectionPorts,
): Promise<void> {
  const until = clock.monotonic() + BUSY_MS;
  for (const table of tables) {
    while ((await protection.isProtected(table)) !== wanted) {
      if (await protection.set(table, wanted)) {
        log.info("deletion protection was set in this region", { table, wanted });
        break;
      }
      if (clock.monotonic() >= until) throw new Error(`deletion protection of ${table} can't be set: the table is being changed`);
      await clock.sleep(PAUSE_MS);
    }
  }
}
