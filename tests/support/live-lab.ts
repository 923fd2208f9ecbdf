/** A lab that serves its live page, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

export interface LiveLab {
  readonly address: string;
  close(): Promise<void>;
}

/** Resolves once the page is served. @param folder where its records go */
export async function liveLab(folder: string): Promise<LiveLab> {
  const lab = spawn(process.execPath, ["--import", "tsx", "lab/main.ts", "--ui", "--plain", "--report-dir", folder], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    address: await addressOf(lab),
    close: async () => {
      const ended = new Promise((resolve) => lab.once("close", resolve));
      lab.kill("SIGINT");
      await ended;
    },
  };
}

function addressOf(lab: ChildProcess): Promise<string> {
  let told = "";
  return new Promise((resolve, reject) => {
    lab.stdout?.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      const address = /open (http:\S+)/.exec(told)?.[1];
      if (address !== undefined) resolve(address);
    });
    lab.stderr?.on("data", (chunk: Buffer) => (told += chunk.toString()));
    lab.once("close", (code) => reject(new Error(`the lab ended with ${code}: ${told.slice(-3000)}`)));
  });
}
