import { PAIR_PORTS, RegionPair } from "../region/pair";
import type { RefusedCall } from "../region/region-process";
import type { LedgerEngine } from "../setup/ledger";
import type { Machines } from "./world";

export interface MachineOptions {
  /** What the ledger runs on. */
  readonly engine: LedgerEngine;
  readonly regions: { readonly primary: string; readonly standby: string };
  readonly basePort: number;
  readonly onStep: (line: string) => void;
  /** What the global database's control plane does. */
  readonly onEvent: (event: { readonly region: string; readonly event: string; readonly detail: string }) => void;
  /** Told of each call that AWS would refuse. */
  readonly onRefused: (refusal: RefusedCall) => void;
}

/** The lab's machines, on ports from a base on. Installs what this machine lacks and starts nothing. */
export function machinesAt({ engine, regions, basePort, onStep, onEvent, onRefused }: MachineOptions): Machines {
  const pair = new RegionPair({ engine, regions: [regions.primary, regions.standby], basePort, onStep, onEvent, onRefused });
  return {
    regions: pair.regions,
    dnsPort: basePort + PAIR_PORTS,
    proxyPort: basePort + PAIR_PORTS + 1,
    simulated: pair.simulated,
    product: pair.product,
    ledger: (region) => pair.ledger(region),
    start: () => pair.start(),
    faults: pair,
    close: () => pair.close(),
  };
}
