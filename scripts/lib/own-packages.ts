/** Packages that serve one purpose have their own folder and lock file. They are installed when first needed. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Installs what a folder's lock file names, unless that is there. `what` is said beforehand. Throws an Error that names what npm could not do. */
export function ensureOwnPackages(folder: string, what: string, onStep: (line: string) => void): void {
  const stamp = join(folder, "node_modules", ".complete");
  const key = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return;
  onStep(`installing ${what} (once; under a minute) …`);
  const { status, stderr, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm could not install ${what} in ${folder}: ${error?.message ?? stderr.trim()}`);
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // Written last: an interrupted installation is made anew.
  writeFileSync(stamp, key);
}
