/** The two regions with what lies between them on the network: links that can be cut, the global database's control plane, the quorum's witness. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWitness } from "../cross-region/mrsc/witness";
import { BETWEEN_SIMULATED } from "../cross-region/simulated";
import { type Lost, TcpLink } from "../cross-region/tcp-link";
import { ensureEmulator } from "../setup/emulator";
import { ensureLambdaNode, LAMBDA_MAJOR } from "../setup/lambda-node";
import { ensureLedger, type LedgerEngine, productOf } from "../setup/ledger";
import { GlobalDatabase, type GlobalDatabaseOptions } from "./aurora/global-state";
import { type Disturbance, type FrontConfig, type LinkState, LEDGER_ACCESS } from "./config";
import { type RefusedCall, RegionProcess } from "./region-process";
import { regionSimulated } from "./simulated";

/** Ports that a pair takes, from its base on. */
export const PAIR_PORTS = 14;

export interface PairOptions {
  /** Region codes, home primary first. */
  readonly regions: readonly [string, string];
  /** What the ledger runs on; default aurora-postgresql. */
  readonly engine?: LedgerEngine;
  /** First of `PAIR_PORTS` free ports on 127.0.0.1. The regions' endpoints are the first two. */
  readonly basePort: number;
  /** The regions' disks; default a new folder for temporary files, removed by `close`. */
  readonly directory?: string;
  /** Milliseconds that the ledger's log is on its way between the regions; default 1,000. */
  readonly replicationDelayMs?: number;
  readonly failoverDelayMs?: GlobalDatabaseOptions["failoverDelayMs"];
  readonly rebuildDelayMs?: GlobalDatabaseOptions["rebuildDelayMs"];
  readonly onEvent?: GlobalDatabaseOptions["onEvent"];
  /** Told of each call that AWS would refuse. */
  readonly onRefused?: (refusal: RefusedCall) => void;
  /** Told what takes time. */
  readonly onStep?: (line: string) => void;
}

/** One way between the regions, a few milliseconds: us-east-1 to us-east-2 and back is about twelve. */
const LINK_MS = 6;
const REPLICATION_MS = 1_000;
/** The hand-shake of a replication connection is not what is to be slow. */
const HAND_SHAKE_MS = 400;
const SETTLE_MS = 60_000;

/** The regions do not reach each other. */
const SEPARATES: ReadonlySet<LinkState> = new Set(["cut", "cut-from-region", "mute"]);

/** What a region's state costs a way of which it is the near end, or the far one. */
const lostAt = (state: LinkState, isNear: boolean): Lost => {
  const both = state === "cut" || state === "cut-from-region";
  return { toFar: both || (state === "mute" && isNear), toNear: both || (state === "mute" && !isNear) };
};

/** Where a region's ledger takes connections. */
interface LedgerPlace {
  readonly engine: LedgerEngine;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

interface Ways {
  readonly front: TcpLink;
  readonly ledger: TcpLink;
}

export class RegionPair {
  readonly regions: readonly [RegionProcess, RegionProcess];
  readonly simulated: readonly string[];
  /** What plays the ledger's engine. */
  readonly product: string;
  readonly globalDatabase: GlobalDatabase;
  private readonly ways: readonly Ways[];
  private readonly links = new Map<string, LinkState>();
  private readonly engine: LedgerEngine;
  private readonly directory: string;
  private readonly witnessPort: number;
  private witness: Awaited<ReturnType<typeof startWitness>> | undefined;
  private closing: Promise<void> | undefined;

  /** Installs what is missing, and makes the regions' folders; starts nothing. Throws a SetupError that names what this machine lacks. */
  constructor(private readonly options: PairOptions) {
    this.engine = options.engine ?? "aurora-postgresql";
    const say = options.onStep ?? (() => undefined);
    const python = ensureEmulator(say);
    const ledger = ensureLedger(this.engine, say);
    const lambdaNode = ensureLambdaNode(say);
    this.product = productOf(ledger);
    this.simulated = [
      ...regionSimulated(ledger),
      `Functions run on Node.js ${lambdaNode.version}; on Lambda on its own build of ${LAMBDA_MAJOR}.`,
      ...BETWEEN_SIMULATED,
    ];
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), "trade-failover-lab-"));
    mkdirSync(this.directory, { recursive: true });
    chmodSync(this.directory, 0o755);
    const port = (offset: number): number => options.basePort + offset;
    this.witnessPort = port(12);
    const configOf = (own: 0 | 1): FrontConfig => ({
      site: own === 0 ? "primary" : "standby",
      region: options.regions[own],
      peerRegion: options.regions[1 - own] ?? "",
      port: port(own),
      emulatorPort: port(2 + own),
      ledgerPort: port(4 + own),
      peerLinkPort: port(6 + own),
      peerLedgerLinkPort: port(8 + own),
      journalPort: port(10 + own),
      journalPeerPorts: { region: port(10 + (1 - own)), witness: this.witnessPort },
      controlPlanePort: port(13),
      directory: join(this.directory, options.regions[own]),
      python,
      lambdaNode: lambdaNode.executable,
      serviceBundle: join(__dirname, "../../dist/service/index.mjs"),
      ledger,
    });
    const configs = [configOf(0), configOf(1)] as const;
    const told = { refused: options.onRefused, event: options.onEvent };
    this.regions = [new RegionProcess(configs[0], told), new RegionProcess(configs[1], told)];
    this.ways = configs.map((config, own) => ({
      front: new TcpLink({ port: config.peerLinkPort, targetPort: port(1 - own), delayMs: LINK_MS, deliverAfterClose: true }),
      ledger: new TcpLink({
        port: config.peerLedgerLinkPort,
        targetPort: port(5 - own),
        delayMs: options.replicationDelayMs ?? REPLICATION_MS,
        promptMs: HAND_SHAKE_MS,
      }),
    }));
    this.globalDatabase = new GlobalDatabase({
      regions: this.regions,
      port: port(13),
      failoverDelayMs: options.failoverDelayMs,
      rebuildDelayMs: options.rebuildDelayMs,
      isCut: (region) => SEPARATES.has(this.links.get(region) ?? "whole"),
      onEvent: options.onEvent,
    });
  }

  /** Starts everything; resolves when both regions answer and the ledger's copy follows the writer. */
  async start(): Promise<void> {
    for (const { front, ledger } of this.ways) await Promise.all([front.open(), ledger.open()]);
    await this.startWitness();
    await this.globalDatabase.open();
    await Promise.all(this.regions.map((region) => region.start()));
    await this.globalDatabase.settled(SETTLE_MS);
  }

  /** How to reach a region's ledger from the lab. */
  ledger(region: { readonly ledgerPort: number }): LedgerPlace {
    return { engine: this.engine, host: "127.0.0.1", port: region.ledgerPort, ...LEDGER_ACCESS };
  }

  /** Cuts the region off from others, or mends that. Its clients reach it all the while. */
  async setLinks(region: { readonly region: string }, state: LinkState): Promise<void> {
    const one = this.process(region);
    this.links.set(one.region, state);
    this.ways.forEach((links, own) => {
      for (const link of [links.front, links.ledger]) {
        // A way is lost in a direction if either end has lost it; a way's far side is the other region.
        const lost = this.regions.map((end, index) => lostAt(this.links.get(end.region) ?? "whole", index === own));
        link.set({ toFar: lost.some(({ toFar }) => toFar), toNear: lost.some(({ toNear }) => toNear) });
      }
    });
    await one.command({ kind: "links", state }, 5_000);
  }

  /** Does another voter of the journal answer the region? */
  async reaches(region: { readonly region: string }, peer: "region" | "witness"): Promise<boolean> {
    return await this.process(region).command<boolean>({ kind: "reaches", peer }, 5_000);
  }

  /** Milliseconds that the ledger's log is on its way from now on; undefined: as it was made. */
  setReplicationDelay(delayMs = this.options.replicationDelayMs ?? REPLICATION_MS): void {
    for (const { ledger } of this.ways) ledger.setDelay(delayMs);
  }

  /** SIGSTOP to the region's database alone, and its return. */
  async freezeDatabase(region: { readonly region: string }): Promise<void> {
    this.globalDatabase.hold(region.region, true);
    await this.process(region).command({ kind: "freeze-database" }, 5_000);
  }

  async thawDatabase(region: { readonly region: string }): Promise<void> {
    await this.process(region).command({ kind: "thaw-database" }, 5_000);
    this.globalDatabase.hold(region.region, false);
  }

  /** See `Disturbance`; a region that was killed comes back without. */
  async disturb(region: { readonly region: string }, disturbance: Disturbance): Promise<void> {
    await this.process(region).command({ kind: "disturb", disturbance }, 5_000);
  }

  /** Takes actions away from every function of the region, in place of those that were taken before. */
  async deny(region: { readonly region: string }, actions: readonly string[]): Promise<void> {
    await this.process(region).command({ kind: "deny", actions }, 5_000);
  }

  /** SIGKILL to the region's database alone. */
  async killDatabase(region: { readonly region: string }): Promise<void> {
    this.globalDatabase.hold(region.region, true);
    await this.process(region).command({ kind: "kill-database" }, 5_000);
  }

  async startDatabase(region: { readonly region: string }): Promise<void> {
    await this.process(region).command({ kind: "start-database" }, 30_000);
    this.globalDatabase.hold(region.region, false);
  }

  async startWitness(): Promise<void> {
    this.witness ??= await startWitness(join(this.directory, "witness"), this.witnessPort);
  }

  async stopWitness(): Promise<void> {
    await this.witness?.close();
    this.witness = undefined;
  }

  /** Does anything listen where the witness is? */
  async witnessAnswers(): Promise<boolean> {
    return await new Promise((resolve) => {
      const socket = connect({ port: this.witnessPort, host: "127.0.0.1" });
      const told = (answers: boolean): void => {
        socket.destroy();
        resolve(answers);
      };
      socket.once("connect", () => told(true)).once("error", () => told(false));
    });
  }

  /** Ends every process; safe to call at any time and more than once. */
  async close(): Promise<void> {
    this.closing ??= this.end();
    await this.closing;
  }

  private async end(): Promise<void> {
    // The control plane first: it would rebuild what is being stopped.
    await Promise.allSettled([this.globalDatabase.close()]);
    await Promise.allSettled(this.regions.map((region) => region.stop()));
    await Promise.allSettled([this.stopWitness(), ...this.ways.flatMap(({ front, ledger }) => [front.close(), ledger.close()])]);
    if (this.options.directory === undefined) rmSync(this.directory, { recursive: true, force: true });
  }

  private process(region: { readonly region: string }): RegionProcess {
    const found = this.regions.find((one) => one.region === region.region);
    if (found === undefined) throw new Error(`no region ${region.region} in this lab`);
    return found;
  }
}
