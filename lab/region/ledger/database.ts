/** A region's member of the Aurora Global Database: the server and what the control plane may order it to do. */
import type { DatabaseStatus, FrontConfig } from "../config";
import { openServer } from "./engines";
import type { Backup, LedgerServer } from "./server";

const PEER_MS = 15_000;

export class RegionDatabase {
  readonly server: LedgerServer;

  /** `onRestart`: sessions of before are gone. */
  constructor(
    private readonly config: FrontConfig,
    private readonly onRestart: () => void,
  ) {
    this.server = openServer(config);
  }

  /** Starts what the disk has. The home writer makes the database; the other waits to be seeded. */
  async start(): Promise<void> {
    if (this.server.exists()) await this.server.start();
    else if (this.config.site === "primary") await this.server.initialize();
  }

  async status(): Promise<DatabaseStatus> {
    return await this.server.status();
  }

  async promote(): Promise<void> {
    await this.server.promote();
    this.onRestart();
  }

  /** Becomes a copy of the other region's server. The label goes over the link between the regions; the files are read on this machine. */
  async seed(): Promise<void> {
    await this.server.rebuildFrom(async (): Promise<Backup> => {
      const { directory } = await this.askPeer<{ directory: string }>("backup-begin");
      return { directory, finish: async () => (await this.askPeer<{ label: string }>("backup-end")).label };
    });
    this.onRestart();
  }

  /** First half of a switchover; answers the log's end. Rejects, and takes writes again, when the reader did not get it in time. */
  async handOver(): Promise<{ position: string }> {
    try {
      return { position: await this.server.handOver() };
    } finally {
      this.onRestart();
    }
  }

  /** Second half: the old writer goes on as a reader of the new one. */
  async follow(): Promise<void> {
    await this.server.becomeFollower();
    await this.server.start();
  }

  async kill(): Promise<void> {
    await this.server.kill();
    this.onRestart();
  }

  async startAgain(): Promise<void> {
    if (this.server.exists()) await this.server.start();
  }

  /** Served to the other region's front. */
  readonly lab = {
    "backup-begin": async () => ({ directory: await this.server.beginBackup() }),
    "backup-end": async () => {
      const label = await this.server.endBackup();
      if (label === "") throw new Error("no copy was under way");
      return { label };
    },
  };

  private async askPeer<T>(what: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.config.peerLinkPort}/_lab/${what}`, {
      method: "POST",
      signal: AbortSignal.timeout(PEER_MS),
    });
    if (!response.ok) throw new Error(`${this.config.peerRegion} did not serve ${what}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
