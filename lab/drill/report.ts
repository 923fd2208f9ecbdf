import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillReport } from "./report-model";
import { reportPage } from "./report-page";

/** Writes report.json (the contract) and index.html (for people). */
export function writeReport(folder: string, report: DrillReport): { json: string; html: string } {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, "report.json");
  const html = join(folder, "index.html");
  writeFileSync(json, `${JSON.stringify(contractOf(report), null, 2)}\n`);
  writeFileSync(html, reportPage(report));
  return { json, html };
}

/** Exactly the members that the contract names. */
export function contractOf({ schema, topology, scenarios, simulated }: DrillReport): object {
  return {
    schema,
    topology,
    scenarios: scenarios.map(({ name, fault, passed, rto, rpo, goals, timeline }) => ({ name, fault, passed, rto, rpo, goals, timeline })),
    simulated,
  };
}
