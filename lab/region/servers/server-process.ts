/** One server: the service's bundle in a process of its own, as in a container or under systemd. */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { claimFreePorts, claimPorts, type PortBlock } from "../../setup/ports";

export interface ServerPlace {
  /** Node.js that it runs on, and what it runs. */
  readonly node: string;
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export class ServerProcess {
  private constructor(
    readonly id: string,
    private readonly block: PortBlock,
    private readonly child: ChildProcess,
    /** What it ended with. */
    readonly ended: Promise<string>,
  ) {}

  /** Starts it, on the port that it had, or on one of its own; it listens as soon as it can. */
  static async start(id: string, { node, bundle, environment, logFile }: ServerPlace, port?: number): Promise<ServerProcess> {
    const block = await (port === undefined ? claimFreePorts(1) : claimPorts(port, 1));
    const log = openSync(logFile, "a");
    const child = spawn(node, [bundle], {
      stdio: ["ignore", log, log],
      env: { ...environment, HOST: "127.0.0.1", PORT: String(block.base) },
    });
    const ended = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
    });
    void ended.then(() => block.release());
    return new ServerProcess(id, block, child, ended);
  }

  get port(): number {
    return this.block.base;
  }

  /** SIGTERM, and SIGKILL to what has not ended by then. */
  async stop(afterMs: number): Promise<void> {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), afterMs);
    await this.ended;
    clearTimeout(timer);
  }
}
