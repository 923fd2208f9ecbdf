import type { Clock, Log } from "../ports";
import {
  AREAS,
  COMPARED,
  compare,
  judgeLedger,
  type Area,
  type Compared,
  type Difference,
  type Expectations,
  type LedgerFacts,
  type Reading,
  type SiteFacts,
  type Thing,
} from "./parity";

/** Reads one region. Each member may reject; the reason becomes a difference. */
export type SiteReader = { readonly region: string } & Readonly<Record<Compared, () => Promise<readonly Thing[]>>> & {
    /** Why the region is not ready; undefined when it is. */
    readonly health: () => Promise<string | undefined>;
  };

export interface ParityPorts {
  readonly own: SiteReader;
  readonly peer: SiteReader;
  readonly ledger: () => Promise<LedgerFacts>;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  readonly log: Log;
}

export interface ParityReport {
  readonly region: string;
  readonly peerRegion: string;
  readonly inSync: boolean;
  readonly areas: readonly { readonly area: Area; readonly inSync: boolean }[];
  readonly differences: readonly Difference[];
}

export interface Patience {
  /** How long to wait for what time may settle: replicas on the first deployment. 0: one look. */
  readonly settlingMs: number;
  /** How long to wait for what should be equal by now: settings take a minute to reach all of a service's machines. */
  readonly differingMs: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/** Compares this region with the other, again and again until they are in sync or patience has ended. */
export async function runParity(patience: Patience, expected: Expectations, ports: ParityPorts): Promise<ParityReport> {
  const began = ports.clock.monotonic();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const differences = await look(expected, ports);
    const hopeless = differences.some(({ settling }) => !settling);
    const limit = hopeless ? Math.min(patience.differingMs, patience.settlingMs) : patience.settlingMs;
    if (differences.length === 0 || ports.clock.monotonic() - began + pause > limit) return report(differences, expected);
    ports.log.info("the regions are not in sync yet", { differences: differences.map(({ detail }) => detail) });
    await ports.clock.sleep(pause);
  }
}

async function look(expected: Expectations, { own, peer, ledger }: ParityPorts): Promise<Difference[]> {
  const [here, there, database] = await Promise.all([read(own), read(peer), reading(ledger)]);
  return [...compare(here, there), ...judgeLedger(database, expected)];
}

async function read(site: SiteReader): Promise<SiteFacts> {
  const compared = Promise.all(COMPARED.map(async (area) => [area, await reading(site[area])] as const));
  const [areas, health] = await Promise.all([compared, reading(site.health)]);
  return { region: site.region, health, ...(Object.fromEntries(areas) as Record<Compared, Reading<readonly Thing[]>>) };
}

async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function report(differences: readonly Difference[], { regions: [region, peerRegion] }: Expectations): ParityReport {
  const areas = AREAS.map((area) => ({ area, inSync: !differences.some((one) => one.area === area) }));
  return { region, peerRegion, inSync: differences.length === 0, areas, differences };
}

/** Ends an update that leaves the regions different; its message is what the deployer reads. */
export class NotInSync extends Error {
  override readonly name = "NotInSync";

  constructor({ region, peerRegion, differences }: ParityReport) {
    const list = differences.map(({ area, detail }) => `\n- ${area}: ${detail}`).join("");
    const count = differences.length === 1 ? "1 difference" : `${differences.length} differences`;
    super(`${region} and ${peerRegion} are not in sync, ${count}:${list}`);
  }
}
