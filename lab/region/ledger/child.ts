/** The process of a database server: started, ended, stopped in its tracks. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { continueTree, stopTree } from "../process-tree";

const START_MS = 30_000;

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Who runs it; by default whoever runs the lab. */
  readonly identity?: { readonly uid?: number; readonly gid?: number };
  readonly logFile: string;
}

const launch = ({ program, args, cwd, identity, logFile }: ServerCommand): ChildProcess => {
  const log = openSync(logFile, "a");
  return spawn(program, args, { ...identity, cwd, stdio: ["ignore", log, log] });
};

/** Runs a program to its end. */
export async function runProgram(what: string, command: ServerCommand): Promise<void> {
  const [code] = (await once(launch(command), "exit")) as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}; see ${command.logFile}`);
}

export class ServerChild {
  private child: ChildProcess | undefined;

  running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when `answers` does. */
  async start(name: string, command: ServerCommand, answers: () => Promise<void>): Promise<void> {
    const child = launch(command);
    child.once("error", () => undefined);
    this.child = child;
    const deadline = performance.now() + START_MS;
    for (;;) {
      try {
        return await answers();
      } catch (error) {
        if (!this.running() || performance.now() > deadline) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`${name} did not start (${why}); see ${command.logFile}`, { cause: error });
        }
        await sleep(30);
      }
    }
  }

  /** By a signal; by force after `patienceMs`. Answers whether it was in order. */
  async stop(signal: NodeJS.Signals, force: NodeJS.Signals, patienceMs: number): Promise<boolean> {
    const child = this.child;
    if (child === undefined || !this.running()) return true;
    const ended = once(child, "exit");
    child.kill(signal);
    let orderly = true;
    const timer = setTimeout(() => {
      orderly = false;
      child.kill(force);
    }, patienceMs);
    await ended;
    clearTimeout(timer);
    return orderly;
  }

  async kill(): Promise<void> {
    const child = this.child;
    if (child === undefined || !this.running()) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** The server and what it has started. */
  async freeze(): Promise<void> {
    if (this.child?.pid !== undefined && this.running()) await stopTree(this.child.pid);
  }

  async thaw(): Promise<void> {
    if (this.child?.pid !== undefined && this.running()) await continueTree(this.child.pid);
  }
}
