/**
 * `npm test`: runs each folder of tests/ as a mocha process of its own (Pulumi's mocks are global to a process), then adds up.
 * `npm test -- unit drill` runs the named folders only. The folder `drill` (a real drill) runs last and alone, because it measures.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleHandlers } from "./lib/bundle";

interface Counts {
  passes: number;
  failures: number;
  pending: number;
}

const root = join(__dirname, "..");
const LAST = "drill";
const NOT_A_SUITE = "support";

function suites(): string[] {
  return readdirSync(join(root, "tests"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== NOT_A_SUITE)
    .map((entry) => entry.name)
    .sort((a, b) => Number(a === LAST) - Number(b === LAST) || a.localeCompare(b));
}

function runSuite(suite: string, scratch: string): Promise<Counts> {
  const countsFile = join(scratch, `${suite}.json`);
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const child = spawn(
    process.execPath,
    [
      mocha,
      "--import=tsx",
      "--reporter",
      join(root, "tests/support/reporter.cjs"),
      "--timeout",
      "60000",
      "--exit",
      `tests/${suite}/**/*.test.ts`,
    ],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, MOCHA_COUNTS: countsFile } },
  );
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const counts = existsSync(countsFile) ? (JSON.parse(readFileSync(countsFile, "utf8")) as Counts) : undefined;
      // A suite that dies without counting (a syntax error, a crash) is a failure, not zero tests.
      if (counts === undefined) resolve({ passes: 0, failures: 1, pending: 0 });
      else resolve(code !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts);
    });
  });
}

async function main(): Promise<number> {
  const known = suites();
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`npm test: unknown suite ${unknown.map((name) => `"${name}"`).join(", ")}; allowed: ${known.join(", ")}`);
    return 2;
  }
  const chosen = known.filter((name) => asked.length === 0 || asked.includes(name));
  await bundleHandlers();
  const scratch = mkdtempSync(join(tmpdir(), "trade-failover-test-"));
  const total: Counts = { passes: 0, failures: 0, pending: 0 };
  try {
    for (const suite of chosen) {
      console.log(`\n── tests/${suite}`);
      const counts = await runSuite(suite, scratch);
      total.passes += counts.passes;
      total.failures += counts.failures;
      total.pending += counts.pending;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`\n${total.passes} passed, ${total.failures} failed, ${total.pending} skipped`);
  return total.failures === 0 && total.passes > 0 ? 0 : 1;
}

void main().then((code) => process.exit(code));
