import { setTimeout as sleep } from "node:timers/promises";
import { DNS_SIMULATED } from "../dns/simulated";
import { NameService } from "../dns/name-service";
import { LAB_DOMAIN, type Provisioned, provision } from "../provision/run-program";
import { programSimulated } from "../provision/simulated";
import type { Registered, RegionHandle } from "../types";
import { AwsView } from "./aws";
import type { LedgerRows } from "./check";
import { canaryCredentials, clientCredentials } from "./credentials";
import type { Credentials, PublicFace } from "./face";
import type { LabStack } from "./lab-stack";
import { type PlatformNames, platformNames } from "./names";
import { Observer, type Snapshot, type Watched } from "./observe";
import type { RegionPair } from "../region/pair";
import { Operator } from "./operator";
import { situation } from "./situation";
import type { Timeline } from "./timeline";
import type { LedgerAddress } from "./look/look";
import { LedgerWatch } from "./watch-ledger";
import { warmUp } from "./warm-up";

/** What can be done to the machines besides what a `RegionHandle` takes. */
export type Faults = Pick<
  RegionPair,
  | "setLinks"
  | "reaches"
  | "setReplicationDelay"
  | "killDatabase"
  | "startDatabase"
  | "freezeDatabase"
  | "thawDatabase"
  | "disturb"
  | "deny"
  | "stopWitness"
  | "startWitness"
  | "witnessAnswers"
>;

/** The machines of the lab, before anything runs on them. */
export interface Machines {
  /** Home primary first. */
  readonly regions: readonly [RegionHandle, RegionHandle];
  readonly dnsPort: number;
  readonly proxyPort: number;
  /** What is emulated by the machines, and how; for the report. */
  readonly simulated: readonly string[];
  /** What plays the ledger's engine. */
  readonly product: string;
  ledger(region: RegionHandle): LedgerAddress;
  /** Starts everything; rejects when something does not come up. */
  start(): Promise<void>;
  readonly faults: Faults;
  /** Ends every process; safe to call at any time and more than once. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly machines: Machines;
  readonly stack: LabStack;
  readonly onStep: (line: string) => void;
}

/** Every checker must have an opinion of its own, and the name must follow. */
const STEADY_MS = 300_000;
const POLL_MS = 300;
/** A ledger that is to be failed over to must not be further behind than this when a scenario begins. */
const STEADY_LAG_MS = 2000;

/** Two regions built from the program, the public name, and the observers of all of it. */
export class LabWorld {
  readonly observer: Observer;
  readonly operator: Operator;
  private timeline: Timeline | undefined;
  private onSnapshot: (snapshot: Snapshot) => void = () => undefined;

  private constructor(
    private readonly machines: Machines,
    readonly settings: LabStack["settings"],
    private readonly dns: NameService,
    private readonly program: Provisioned,
    private readonly credentials: Credentials,
    readonly names: PlatformNames,
    private readonly watched: readonly Watched[],
    readonly publicUrl: string,
  ) {
    this.observer = new Observer(
      watched,
      names,
      { region: () => dns.region(), checks: () => dns.status().map(({ name, healthy }) => ({ name, healthy })) },
      (snapshot) => this.onSnapshot(snapshot),
    );
    this.observer.start();
    this.operator = new Operator(watched, names, (region) => program.reprovision(region));
  }

  /** Builds it. On failure nothing is left behind. */
  static async build({ machines, stack, onStep }: WorldOptions): Promise<LabWorld> {
    const late: { world?: LabWorld } = {};
    const dns = new NameService({
      name: LAB_DOMAIN,
      places: machines.regions.map(({ region }) => region),
      dnsPort: machines.dnsPort,
      proxyPort: machines.proxyPort,
      onEvent: ({ event, detail, region }) => late.world?.timeline?.note(region === "" ? "world" : region, event, detail),
    });
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    try {
      onStep("starting two regions (emulator, database, journal replica each) and a witness …");
      const [, { publicUrl }] = await Promise.all([machines.start(), dns.open()]);
      onStep(`  the regions answer (${seconds()}); building what index.ts registers …`);
      let count = 0;
      const program = await provision({
        regions: machines.regions,
        publicUrl,
        stack: stack.name,
        config: stack.config,
        onRegistered: (_, number) => (count = number),
      });
      onStep(
        `  ${count} resources registered, ${program.registered.filter(({ realized }) => realized).length} of them made real (${seconds()})`,
      );
      dns.load(program.registered, new Map(machines.regions.map(({ region, endpoint }) => [region, endpoint])));
      const names = platformNames(
        program.registered,
        machines.regions.map(({ region }) => region),
      );
      const credentials = clientCredentials(program, stack.settings);
      await Promise.all(machines.regions.map((place) => warmUpAs(place, names, program, stack.settings)));
      onStep(`  the regions are warm (${seconds()})`);
      const watched = machines.regions.map((handle) => ({
        handle,
        aws: new AwsView(handle.region, handle.endpoint),
        ledger: new LedgerWatch(machines.ledger(handle)),
      }));
      late.world = new LabWorld(machines, stack.settings, dns, program, credentials, names, watched, publicUrl);
      return late.world;
    } catch (error) {
      await Promise.allSettled([dns.close(), machines.close()]);
      throw error;
    }
  }

  get registered(): readonly Registered[] {
    return this.program.registered;
  }

  get faults(): Faults {
    return this.machines.faults;
  }

  /** The ledger's engine, and what plays it. */
  get engine(): string {
    return `${this.settings.database.engine}, played by ${this.machines.product}`;
  }

  get regions(): readonly RegionHandle[] {
    return this.machines.regions;
  }

  /** What clients may know. */
  face(): PublicFace {
    const [primary, standby] = this.machines.regions;
    const endpoint = ({ region, endpoint: url }: RegionHandle): { region: string; url: string } => ({ region, url });
    return {
      name: LAB_DOMAIN,
      resolver: (client) => this.dns.resolver((client % 2 === 0 ? primary : standby).region),
      endpoints: [endpoint(primary), endpoint(standby)],
      ...this.credentials,
    };
  }

  /** Waits until all is well: both regions up, the ledger pair in step, nothing unsettled, the name where the lease is. */
  async steady(signal: AbortSignal): Promise<{ active: RegionHandle; passive: RegionHandle; epoch: number }> {
    const deadline = performance.now() + STEADY_MS;
    for (;;) {
      signal.throwIfAborted();
      const snapshot = await this.observer.now();
      const found = this.ready(snapshot);
      if (found !== undefined) return found;
      if (performance.now() > deadline)
        throw new Error(`the lab did not come to rest within ${STEADY_MS / 1000} s (${situation(snapshot)}; ${this.checks()})`);
      await sleep(POLL_MS);
    }
  }

  private ready({ lease, regions, pending }: Snapshot): { active: RegionHandle; passive: RegionHandle; epoch: number } | undefined {
    const active = this.machines.regions.find(({ region }) => region === lease?.holder);
    const passive = this.machines.regions.find(({ region }) => region !== lease?.holder);
    if (lease === undefined || active === undefined || passive === undefined || !this.dns.settled()) return undefined;
    const writer = regions.find(({ region }) => region === active.region);
    const reader = regions.find(({ region }) => region === passive.region);
    const pairInStep =
      writer?.ledger?.role === "writer" &&
      writer.ledger.fence === lease.epoch &&
      reader?.ledger?.role === "reader" &&
      (reader.lagMs ?? Infinity) < STEADY_LAG_MS;
    // Weights and latency may lead to a passive standby, which accepts; but never to a primary that has lost the lease.
    const nameFollows = this.dns.serves(active.region) && (active.site === "primary" || !this.dns.serves(passive.region));
    return pairInStep && pending === 0 && nameFollows ? { active, passive, epoch: lease.epoch } : undefined;
  }

  private checks(): string {
    return this.dns
      .status()
      .map(({ name, healthy }) => `${name} ${healthy ? "healthy" : "unhealthy"}`)
      .join(", ");
  }

  /** An event of the lab's own machines, for the timeline of the scenario that is being played. */
  note(region: string, event: string, detail: string): void {
    this.timeline?.note(region, event, detail);
  }

  reportTo(timeline: Timeline | undefined, onSnapshot: (snapshot: Snapshot) => void): void {
    this.timeline = timeline;
    this.observer.reportTo(timeline);
    this.onSnapshot = onSnapshot;
  }

  /** Unsettled trades, asked now; undefined when nobody could answer. */
  async pending(): Promise<number | undefined> {
    for (const { handle, aws } of this.watched) {
      if (handle.state() !== "running") continue;
      try {
        return await aws.pending(this.names.journalTable);
      } catch {
        // the other region may answer
      }
    }
    return undefined;
  }

  /** Which of these trades the journal holds as accepted and not settled. Rejects when no region can say. */
  async unsettled(tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
    let failure: unknown;
    for (const { handle, aws } of this.watched) {
      if (handle.state() !== "running") continue;
      try {
        return new Set(await aws.unsettled(this.names.journalTable, tradeIds));
      } catch (error) {
        failure = error;
      }
    }
    throw new Error("no region can be asked for its journal", { cause: failure });
  }

  /** The ledger's rows in the region that holds the lease. */
  async activeLedgerRows(): Promise<LedgerRows> {
    const { lease } = await this.observer.now();
    const holder = this.watched.find(({ handle }) => handle.region === lease?.holder);
    if (holder === undefined) throw new Error("the lease can't be read: it is not known which ledger counts");
    return await holder.ledger.rows();
  }

  async restart(region: RegionHandle): Promise<void> {
    await region.start();
    await this.program.reprovision(region.region, this.operator.changed(region));
    await warmUpAs(region, this.names, this.program, this.settings);
  }

  async databaseAnswers(region: RegionHandle): Promise<boolean> {
    const seen = this.watched.find(({ handle }) => handle === region);
    return (await seen?.ledger.view()) !== undefined;
  }

  /** What was emulated and how, for the report. */
  simulated(): string[] {
    return [...programSimulated(this.registered), ...this.machines.simulated, ...DNS_SIMULATED];
  }

  async close(): Promise<void> {
    this.reportTo(undefined, () => undefined);
    await this.observer.stop();
    for (const { aws, ledger } of this.watched) {
      aws.close();
      await ledger.close();
    }
    await Promise.allSettled([this.dns.close(), this.machines.close()]);
  }
}

function warmUpAs(place: RegionHandle, names: PlatformNames, program: Provisioned, settings: LabStack["settings"]): Promise<void> {
  const functions = names.functions.get(place.region);
  const canaries = canaryCredentials(program, settings, place.region, functions?.get("validator") ?? "");
  return warmUp(place, functions?.get("trade-processor"), canaries);
}
