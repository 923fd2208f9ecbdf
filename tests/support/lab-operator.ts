import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const ROOT = join(__dirname, "../..");
/** An operator's shell whose AWS is the lab: every region is reached by one region's front, which sends calls on by the region they are signed for. */
export class LabOperator {
  private readonly folder = mkdtempSync(join(tmpdir(), "operator-"));
  private readonly outputs = join(this.folder, "outputs.json");

  constructor(
    outputs: object,
    private readonly endpoint: string,
  ) {
    writeFileSync(this.outputs, JSON.stringify(outputs));
  }

  run(command: string, ...args: string[]): Promise<Ended> {
    return this.spawn("operate/main.ts", [command, "--stack", "lab", "--outputs", this.outputs, ...args]);
  }

  /** `npm run drill`, confirmed. */
  drill(apiKey: string, ...args: string[]): Promise<Ended> {
    const confirmed = ["--stack", "lab", "--confirm", "lab", "--outputs", this.outputs, ...args];
    return this.spawn("gameday/main.ts", confirmed, { TRADE_API_KEY: apiKey });
  }

  private spawn(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, program), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...more, AWS_ENDPOINT_URL: this.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
