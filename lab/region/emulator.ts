/** The region's AWS emulator: one MiniStack process, whose functions are Node processes below it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ACCOUNT } from "../provision/context";
import type { FrontConfig } from "./config";
import { LAB_CREDENTIALS } from "./gateway/secrets";
import { lastWords } from "./last-words";

const READY_MS = 60_000;
const POLL_MS = 50;

export class Emulator {
  private child: ChildProcess | undefined;

  constructor(private readonly config: FrontConfig) {}

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { directory, emulatorPort, region, python, lambdaNode } = this.config;
    const temporary = join(directory, "tmp");
    const objects = join(directory, "s3");
    for (const folder of [temporary, objects]) mkdirSync(folder, { recursive: true });
    const logFile = join(directory, "emulator.log");
    const log = openSync(logFile, "a");
    const child = spawn(python, [join(__dirname, "emulator.py")], {
      cwd: directory,
      stdio: ["ignore", log, log],
      env: {
        ...process.env,
        // It starts functions as "node", whatever their runtime says.
        PATH: [dirname(lambdaNode), process.env.PATH].join(delimiter),
        BIND_HOST: "127.0.0.1",
        GATEWAY_PORT: String(emulatorPort),
        MINISTACK_REGION: region,
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        // What functions sign with. The keys of who runs the lab are nobody's business here.
        AWS_ACCESS_KEY_ID: LAB_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: LAB_CREDENTIALS.secretAccessKey,
        AWS_SESSION_TOKEN: "",
        TMPDIR: temporary,
        // Objects are the only thing that it writes to disk as it goes; they survive a crash.
        S3_PERSIST: "1",
        S3_DATA_DIR: objects,
        LOG_LEVEL: "WARNING",
        LAMBDA_EXECUTOR: "local",
        SFTP_ENABLED: "0",
        IOT_MTLS_ENABLED: "0",
        // No container is ever started, whatever this machine has.
        DOCKER_HOST: `unix://${join(directory, "no-docker.sock")}`,
        // On a host where that is an older Node.js, each start of a function would warn of its age.
        NODE_NO_WARNINGS: "1",
      },
    });
    this.child = child;
    const deadline = performance.now() + READY_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the emulator of ${region} ended at its start (${child.signalCode ?? child.exitCode})${lastWords(logFile)}`);
      if (await this.answers()) return;
      await sleep(POLL_MS);
    }
    throw new Error(`the emulator of ${region} did not answer within ${READY_MS / 1000} s${lastWords(logFile)}`);
  }

  stop(): void {
    this.child?.kill("SIGKILL");
  }

  private async answers(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.config.emulatorPort}/_ministack/health`, { signal: AbortSignal.timeout(1000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
