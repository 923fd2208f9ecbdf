import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillReport } from "./model";
import { reportPage } from "./page/page";

/** Writes report.json (the contract) and index.html (for people). */
export function writeReport(folder: string, report: DrillReport): { json: string; html: string } {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, "report.json");
  const html = join(folder, "index.html");
  writeFileSync(json, `${JSON.stringify(contractOf(report), null, 2)}\n`);
  writeFileSync(html, reportPage(report));
  return { json, html };
}

/** What the contract names: all but the series that the page draws, which the clients' records hold in full. */
const contractOf = (report: DrillReport): object => ({
  ...report,
  scenarios: report.scenarios.map(({ samples: _samples, requests: _requests, trades: _trades, ...scenario }) => scenario),
});
