/** The coverage that V8 counted while the tests ran, one line for each part of the product. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The tests, the lab, the simulation and the bench are no product. */
const PARTS = ["handlers", "components", "contract", "service", "client", "operate", "policies"];

interface Lines {
  readonly total: number;
  readonly covered: number;
}

/** Lines that ran, by folder; `counts` is where the processes left theirs (NODE_V8_COVERAGE). Throws where c8 can't read them. */
export function coverageLines(root: string, counts: string): string[] {
  const parts = PARTS.filter((part) => existsSync(join(root, part)));
  const reports = join(root, "dist", "coverage");
  const options = ["--temp-directory", counts, "--reports-dir", reports, "--reporter", "json-summary", "--reporter", "lcovonly"];
  const files = [
    "--all",
    "--exclude-after-remap",
    "--exclude",
    "node_modules/**",
    ...parts.flatMap((part) => ["--include", `${part}/**/*.ts`]),
  ];
  const c8 = spawnSync(process.execPath, [join(root, "node_modules/c8/bin/c8.js"), "report", ...options, ...files], {
    cwd: root,
    encoding: "utf8",
  });
  if (c8.status !== 0) throw new Error(`coverage can't be reported: ${c8.stderr || c8.stdout}`);
  const summary = JSON.parse(readFileSync(join(reports, "coverage-summary.json"), "utf8")) as Record<string, { lines: Lines }>;
  const sums = new Map<string, Lines>();
  for (const [file, { lines }] of Object.entries(summary)) {
    const part = file === "total" ? "in all" : (relative(root, file).split("/")[0] ?? "");
    const before = sums.get(part) ?? { total: 0, covered: 0 };
    sums.set(part, { total: before.total + lines.total, covered: before.covered + lines.covered });
  }
  const percent = ({ total, covered }: Lines): string => `${((100 * covered) / Math.max(1, total)).toFixed(1)} %`;
  return [...sums].map(([part, lines]) => `  ${part.padEnd(12)} ${percent(lines).padStart(7)} of ${lines.total} lines`);
}
