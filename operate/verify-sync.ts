/** Each region compares itself with the other; this shows both results as a table. */
import { AREAS } from "../handlers/core/parity";
import type { ParityReport } from "../handlers/core/parity-run";
import type { Platform } from "./platform";
import type { Stack } from "./stack";

/** Exit code: 0 only when both regions answered, and both are in sync. */
export async function verifySync(stack: Stack, platform: Platform, print: (line: string) => void): Promise<0 | 1> {
  const regions = stack.sites.map(({ region }) => region);
  const reports = await Promise.all(
    regions.map((region) => platform.parity(region).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))),
  );
  const rows = [["", ...regions], ...AREAS.map((area) => [area, ...reports.map((report) => cell(report, area))])];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    print(
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd(),
    );
  reports.forEach((report, index) => {
    const region = regions[index] ?? "";
    if (report instanceof Error) print(`- ${region} did not answer: ${report.name}: ${report.message}`);
    else for (const { area, detail } of report.differences) print(`- as ${region} sees it, ${area}: ${detail}`);
  });
  const inSync = reports.every((report) => !(report instanceof Error) && report.inSync);
  print(inSync ? `${stack.name} is in sync` : `${stack.name} is not in sync`);
  return inSync ? 0 : 1;
}

function cell(report: ParityReport | Error, area: (typeof AREAS)[number]): string {
  if (report instanceof Error) return "no answer";
  const count = report.differences.filter((one) => one.area === area).length;
  return count === 0 ? "in sync" : `${count} ${count === 1 ? "difference" : "differences"}`;
}
