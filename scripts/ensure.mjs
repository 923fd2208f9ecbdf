// First step of every npm command: makes sure that this checkout has the packages that its lock file names, and says so when it installs them.
// Plain JavaScript without dependencies, because it runs before there are any.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".trade-failover-ensured");

function fail(message) {
  console.error(`trade-failover: ${message}`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed.`);
}

// The platform is part of the key: packages with native binaries differ.
const key = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(`${process.platform}-${process.arch}-${major}`)
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
  console.log("trade-failover: installing the npm packages of package-lock.json (once; about a minute) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (result.error) fail(`npm could not be started (${result.error.message}). It comes with Node.js; put it on the PATH.`);
  if (result.status !== 0) fail("npm could not install the packages (its message is above). Is the npm registry reachable?");
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
}
