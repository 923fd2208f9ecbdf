/** One region as the lab holds it: starts its processes, and does to all of them at once what a drill does to a region. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RegionHandle, SiteName } from "../types";
import type { Command, CommandMessage, FrontConfig, FrontMessage } from "./config";
import { lastWords } from "./last-words";
import { continueTree, killTree, stopTree, treeOf } from "./process-tree";

const READY_MS = 90_000;
const STOP_MS = 15_000;

let reaperProcess: ChildProcess | undefined;

/** One for all regions of this process. */
function tellReaper(verb: "watch" | "forget", pid: number): void {
  if (reaperProcess === undefined) {
    reaperProcess = spawn(process.execPath, ["--import", "tsx", join(__dirname, "process-reaper.ts")], {
      cwd: resolve(__dirname, "../.."),
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    reaperProcess.stdin?.on("error", () => undefined);
    // It must not keep the lab from ending.
    reaperProcess.unref();
    (reaperProcess.stdin as unknown as { unref?: () => void }).unref?.();
  }
  reaperProcess.stdin?.write(`${verb} ${pid}\n`);
}

/** A call that AWS would have refused, too. */
export interface RefusedCall {
  readonly region: string;
  /** By the caller's role, or by what the service's model takes. */
  readonly what: "permission" | "request";
  readonly message: string;
}

/** Who is told of what a region meets. */
export interface RegionListeners {
  readonly refused?: (refusal: RefusedCall) => void;
  readonly event?: (event: { readonly region: string; readonly event: string; readonly detail: string }) => void;
}

export class RegionProcess implements RegionHandle {
  readonly site: SiteName;
  readonly region: string;
  readonly endpoint: string;
  readonly ledgerPort: number;
  private child: ChildProcess | undefined;
  private condition: "stopped" | "running" | "frozen" | "killed" = "stopped";
  /** Why its front is not there though nobody has ended it. */
  private accident = "";
  private isEnding = false;
  private nextId = 1;
  private readonly waiting = new Map<number, (message: Extract<FrontMessage, { kind: "answer" }>) => void>();

  /** See `FrontConfig` for each member. Ports are this region's own, but for the links', which the lab serves. */
  constructor(
    private readonly config: FrontConfig,
    private readonly listeners: RegionListeners = {},
  ) {
    this.site = config.site;
    this.region = config.region;
    this.endpoint = `http://127.0.0.1:${config.port}`;
    this.ledgerPort = config.ledgerPort;
  }

  state(): "stopped" | "running" | "frozen" | "killed" {
    return this.condition;
  }

  async start(): Promise<void> {
    if (this.child !== undefined) throw new Error(`${this.region} has been started already`);
    const { directory } = this.config;
    mkdirSync(directory, { recursive: true });
    // The database's user must be able to pass.
    chmodSync(directory, 0o755);
    const log = openSync(this.logFile, "a");
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "main.ts"), JSON.stringify(this.config)], {
      cwd: resolve(__dirname, "../.."),
      // A group of its own: Ctrl-C is the lab's, which ends the regions in its own order.
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    });
    this.child = child;
    if (child.pid !== undefined) tellReaper("watch", child.pid);
    [this.accident, this.isEnding] = ["", false];
    child.once("exit", (code, signal) => {
      if (!this.isEnding) this.accident = `: its front ended (${signal ?? code})${lastWords(this.logFile)}`;
      this.breakOff(`the front of ${this.region} has ended`);
    });
    try {
      await this.ready(child);
      this.condition = "running";
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async kill(): Promise<void> {
    await this.end();
    this.condition = "killed";
  }

  async freeze(): Promise<void> {
    if (this.condition !== "running") return;
    await stopTree(this.pid());
    this.condition = "frozen";
  }

  async thaw(): Promise<void> {
    if (this.condition !== "frozen") return;
    await continueTree(this.pid());
    this.condition = "running";
  }

  async stop(): Promise<void> {
    if (this.condition === "running") await this.command({ kind: "stop" }, STOP_MS).catch(() => undefined);
    await this.end();
    this.condition = "stopped";
  }

  /** Pids of all its processes. */
  async processes(): Promise<number[]> {
    return this.child?.pid === undefined ? [] : await treeOf(this.child.pid);
  }

  /** Has the front do something; rejects when it does not within the time. */
  async command<T>(command: Command, timeoutMs: number): Promise<T> {
    const { child } = this;
    if (child === undefined || !child.connected || this.condition !== "running")
      throw new Error(`${this.region} is not running${this.accident}`);
    const id = this.nextId++;
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`${this.region} did not do "${command.kind}" within ${timeoutMs} ms`));
      }, timeoutMs);
      this.waiting.set(id, ({ error, value }) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        if (error === undefined) resolve(value as T);
        else reject(new Error(`${this.region}: ${error}`));
      });
      const message: CommandMessage = { id, expiresAt: Date.now() + timeoutMs, command };
      child.send(message, (error) => {
        if (error !== null) this.waiting.get(id)?.({ kind: "answer", id, error: error.message });
      });
    });
  }

  private pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error(`${this.region} has no process`);
    return pid;
  }

  private async ready(child: ChildProcess): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.region} was not ready within ${READY_MS / 1000} s`)), READY_MS);
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(new Error(`${this.region} did not start: ${why}${lastWords(this.logFile)}`));
      };
      child.once("error", (error) => fail(error.message));
      child.once("exit", (code, signal) => fail(`its front ended (${signal ?? code})`));
      child.on("message", (message: FrontMessage) => {
        if (message.kind === "ready") {
          clearTimeout(timer);
          resolve();
        } else if (message.kind === "failed") fail(message.message);
        else if (message.kind === "refused")
          this.listeners.refused?.({ region: this.region, what: message.what, message: message.message });
        else if (message.kind === "event") this.listeners.event?.({ region: this.region, event: message.event, detail: message.detail });
        else this.waiting.get(message.id)?.(message);
      });
    });
  }

  private get logFile(): string {
    return join(this.config.directory, "front.log");
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    const { pid } = child;
    this.isEnding = true;
    const gone = child.exitCode !== null || child.signalCode !== null ? undefined : new Promise((resolve) => child.once("exit", resolve));
    await killTree(pid);
    await gone;
    tellReaper("forget", pid);
    this.child = undefined;
  }

  private breakOff(why: string): void {
    for (const [id, answer] of this.waiting) answer({ kind: "answer", id, error: why });
  }
}
