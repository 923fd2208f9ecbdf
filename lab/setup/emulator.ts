/** The AWS emulator (MiniStack) in a Python environment of its own, made on first use under `.lab/`. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const REQUIREMENTS = join(__dirname, "requirements.txt");
const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const OLDEST = [3, 10] as const;

export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** Command of a Python that is new enough. */
function findPython(): string {
  for (const command of CANDIDATES) {
    const { status, stdout } = spawnSync(command, ["-c", "import sys; print(*sys.version_info[:2])"], { encoding: "utf8" });
    if (status !== 0) continue;
    const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return command;
  }
  throw new SetupError(
    `Python ${OLDEST.join(".")} or newer is missing: the drill's AWS emulator needs it. Install it and put it on the PATH.`,
  );
}

function run(command: string, args: readonly string[], what: string): void {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new SetupError(`${what}\n${`${stdout ?? ""}${stderr ?? ""}`.trim().split("\n").slice(-8).join("\n")}`);
}

/** Path of the Python that has the emulator; installs it first where it is not there yet. */
export function ensureEmulator(onStep: (line: string) => void): string {
  const folder = join(ROOT, ".lab", "venv");
  const stamp = join(folder, ".complete");
  const python = join(folder, "bin", "python");
  const key = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key && spawnSync(python, ["--version"]).status === 0) return python;
  const host = findPython();
  onStep("installing the AWS emulator into .lab/venv (once; under a minute) …");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(ROOT, ".lab"), { recursive: true });
  run(host, ["-m", "venv", folder], `Python's venv module does not work (Debian and Ubuntu have it in the package python3-venv).`);
  run(
    python,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS],
    "The emulator's packages could not be installed. Is the Python package registry reachable?",
  );
  // Written last: an interrupted installation is made anew.
  writeFileSync(stamp, key);
  return python;
}
