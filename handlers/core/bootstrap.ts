import type { LeaseStore, Ledger, Log, Metrics } from "../ports";
import { secureChain, type ChainPorts } from "./chain";

export interface BootstrapPorts {
  readonly lease: Pick<LeaseStore, "create">;
  readonly ledger: Pick<Ledger, "migrate" | "raiseFence"> & ChainPorts["ledger"];
  readonly chain: ChainPorts["chain"];
  readonly clock: ChainPorts["clock"];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly region: string;
  readonly primaryRegion: string;
}

export interface BootstrapResult {
  readonly holder: string;
  readonly epoch: number;
  /** Schema versions that this run applied; empty where there was nothing to do, or where the other region holds the lease. */
  readonly migrated: readonly number[];
}

export async function bootstrap(ports: BootstrapPorts): Promise<BootstrapResult> {
  const { lease, ledger, log, region, primaryRegion } = ports;
  const { holder, epoch } = await lease.create(primaryRegion);
  if (holder !== region) {
    log.info("the other region holds the lease; its ledger is brought up to date there", { holder, epoch });
    return { holder, epoch, migrated: [] };
  }
  const migrated = await ledger.migrate();
  await ledger.raiseFence(epoch);
  await secureChain(epoch, ports);
  log.info("ledger ready", { epoch, migrated });
  return { holder, epoch, migrated };
}
