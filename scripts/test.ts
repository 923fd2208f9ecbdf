/**
 * `npm test`: the static checks, and each folder of tests/ as a mocha process of its own, two side by side; a real drill last and alone, because it
 * measures. `npm test -- handlers drill` runs the named ones only. `npm run check` runs what takes no region, no whole program and no simulation.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLambdaNode } from "../lab/setup/lambda-node";
import { bundleEvaluator, bundleHandlers, bundleProgram, bundleService } from "./lib/bundle";
import { coverageLines } from "./lib/coverage";
import { type Counts, type Job, runJobs } from "./lib/jobs";

const root = join(__dirname, "..");
const modules = join(root, "node_modules");
const AT_ONCE = 2;
/** The longest first, so that nothing long is left at the end. What is not named comes after them. */
const LONGEST_FIRST = ["simulation", "lab", "components", "policies", "judges"];
const ALONE = "drill";
const NOT_A_SUITE = "support";
/** These measure time, or start so many processes that counting would be most of their work. */
const UNCOUNTED = new Set(["simulation", "lab", ALONE]);

/** Each is one check. */
const STATIC: Readonly<Record<string, readonly string[]>> = {
  types: ["typescript/bin/tsc", "--noEmit", "-p", "."],
  "types-of-the-report": ["typescript/bin/tsc", "--noEmit", "-p", "lab/report/browser"],
  "types-of-the-live-page": ["typescript/bin/tsc", "--noEmit", "-p", "lab/live/browser"],
  lint: ["eslint/bin/eslint.js", "--max-warnings", "0", "."],
  format: ["prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."],
  architecture: ["dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.cjs", "."],
};

const rank = (name: string): number => (LONGEST_FIRST.includes(name) ? LONGEST_FIRST.indexOf(name) : LONGEST_FIRST.length);

function suites(): string[] {
  return readdirSync(join(root, "tests"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== NOT_A_SUITE)
    .map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function suite(name: string, scratch: string): Job {
  const countsFile = join(scratch, `${name}.json`);
  const reporter = join(root, "tests/support/reporter.cjs");
  return {
    name: `tests/${name}`,
    args: [
      join(modules, "mocha/bin/mocha.js"),
      ...["--import=tsx", "--reporter", reporter, "--timeout", "60000", "--exit"],
      `tests/${name}/**/*.test.ts`,
    ],
    env: { MOCHA_COUNTS: countsFile, ...(UNCOUNTED.has(name) ? {} : { NODE_V8_COVERAGE: join(scratch, "coverage") }) },
    counts: () => (existsSync(countsFile) ? (JSON.parse(readFileSync(countsFile, "utf8")) as Counts) : undefined),
    alone: name === ALONE,
  };
}

async function main(args: readonly string[]): Promise<number> {
  const quick = args.includes("--quick");
  const asked = args.filter((name) => name !== "--quick");
  const known = [...suites(), ...Object.keys(STATIC)];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`npm test: unknown suite ${unknown.map((name) => `"${name}"`).join(", ")}; allowed: ${known.join(", ")}`);
    return 2;
  }
  const chosen = known.filter((name) =>
    quick ? !LONGEST_FIRST.includes(name) && name !== ALONE : asked.length === 0 || asked.includes(name),
  );
  // Here, so that suites side by side find it.
  if (!quick) ensureLambdaNode((line) => console.log(line));
  await Promise.all([bundleHandlers(), bundleService(), bundleProgram(), bundleEvaluator()]);
  const scratch = mkdtempSync(join(tmpdir(), "trade-failover-test-"));
  const total = await (async () => {
    try {
      const jobs = chosen.map((name): Job => {
        const check = STATIC[name];
        return check === undefined ? suite(name, scratch) : { name, args: [join(modules, check[0] ?? ""), ...check.slice(1)] };
      });
      const sum = await runJobs(root, jobs, AT_ONCE);
      const counts = join(scratch, "coverage");
      if (existsSync(counts) && !quick) console.log(`\nLines that ran:\n${coverageLines(root, counts).join("\n")}`);
      return sum;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  })();
  console.log(`\n${total.passes} passed, ${total.failures} failed${total.pending > 0 ? `, ${total.pending} skipped` : ""}`);
  return total.failures === 0 && total.passes > 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
