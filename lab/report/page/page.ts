import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DrillReport, ScenarioReport } from "../model";
import { account } from "./account";
import { browserScript, plotStyle } from "./browser-script";
import { escaped, scriptJson, seconds, table } from "./html";
import { lanes } from "./lanes";
import { recovery } from "./recovery";

const BROWSER = join(__dirname, "../browser");

/** The report as one file that needs no other and no network. */
export function reportPage(report: DrillReport): string {
  const { verdict, topology, engine, scenarios, simulated } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>trade-failover drill: ${verdict}</title>
<style>${plotStyle()}${readFileSync(join(BROWSER, "style.css"), "utf8")}</style>
</head>
<body>
<header>
<h1>Failover drill: <span class="${verdict}">${verdict}</span></h1>
<p>${escaped(topology)}; ledger: ${escaped(engine)}. ${simulated.length === 0 ? "Every figure was measured from outside, against a deployed stack." : 'Every figure was measured on one machine against two emulated regions. <a href="#emulated">What was emulated, and how</a>'}</p>
</header>
<main>
${table(
  "Scenarios",
  [
    "scenario",
    "verdict",
    "acceptance (DNS)",
    "acceptance (client/)",
    "settlement",
    "accepted",
    "lost",
    "pending",
    "settled twice",
    "replayed",
  ],
  scenarios.map(summaryRow),
  [2, 3, 4, 5, 6, 7, 8, 9],
)}
${scenarios.map(section).join("\n")}
${simulated.length === 0 ? "" : emulated(simulated)}
${runOf(report)}
</main>
<script type="application/json" id="report">${scriptJson(scenarios.map(({ name, samples, requests, moments }) => ({ name, samples, requests, faultMs: moments.faultMs })))}</script>
<script>${browserScript(join(BROWSER, "main.ts"))}</script>
</body>
</html>
`;
}

const emulated = (simulated: readonly string[]): string => `<section><h2 id="emulated">What was emulated, and how</h2>
<ul>
${simulated.map((line) => `<li>${escaped(line)}</li>`).join("\n")}
</ul></section>`;

function summaryRow({ name, verdict, rto, rpo }: ScenarioReport): string[] {
  return [
    `<a href="#${escaped(name)}">${escaped(name)}</a>`,
    `<span class="${verdict}">${verdict}</span>`,
    ...[rto.acceptanceMs, rto.smartClientMs, rto.settlementMs].map(seconds),
    ...[rpo.accepted, rpo.lost, rpo.pending, rpo.duplicated, rpo.replayed].map(String),
  ];
}

function section(scenario: ScenarioReport): string {
  const { name, fault, verdict, goals, notMeasured, timeline } = scenario;
  return `<section><h2 id="${escaped(name)}">${escaped(name)}: <span class="${verdict}">${verdict}</span></h2>
<p>${escaped(fault)}</p>
${notMeasured.length === 0 ? "" : `<p>Not measured:</p><ul>${notMeasured.map((what) => `<li>${escaped(what)}</li>`).join("")}</ul>`}
${recovery(scenario)}
<h3>Both regions over time</h3>
${lanes(scenario)}
<div class="charts" data-scenario="${escaped(name)}"></div>
${table(
  `Goals of ${name}`,
  ["goal", "expected", "measured", "verdict"],
  Object.values(goals).map(({ goal, expected, measured, met }) => [
    escaped(goal),
    escaped(expected),
    escaped(measured === undefined ? "not measured" : String(measured)),
    `<span class="${met ? "PASSED" : "FAILED"}">${met ? "met" : "missed"}</span>`,
  ]),
)}
${account(scenario)}
<details><summary>Events (${timeline.length})</summary>
${table(
  `Events of ${name}`,
  ["second", "region", "event", "what"],
  timeline.map(({ atMs, region, event, detail }) => [(atMs / 1000).toFixed(1), escaped(region), escaped(event), escaped(detail)]),
  [0],
)}
</details></section>`;
}

function runOf({ runId, startedAt, endedAt, commit, versions, machine, options }: DrillReport): string {
  const rows = [
    ["run", runId],
    ["began", startedAt],
    ["ended", endedAt],
    ["commit", commit ?? "not a checkout"],
    ["machine", `${machine.platform}, ${machine.cpus} × ${machine.cpu}, ${machine.memoryGiB} GiB`],
    ...Object.entries(versions),
    ...Object.entries(options).map(([key, value]) => [`option ${key}`, JSON.stringify(value) ?? "not given"]),
  ];
  return `<section><h2>The run</h2>
${table(
  "Which run this was",
  ["what", "value"],
  rows.map(([what, value]) => [escaped(what ?? ""), escaped(value ?? "")]),
)}</section>`;
}
