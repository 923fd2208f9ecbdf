import type { DrillReport, ScenarioReport } from "./report-model";

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #1b1f24; background: #fff; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid #d8dee4; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.met { color: #1a7f37; } .missed { color: #cf222e; font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: #57606a; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } th, td { border-color: #30363d; } svg text { fill: #8b949e; } .met { color: #3fb950; } .missed { color: #f85149; } }`;

/** The report as one page without any other file. */
export function reportPage({ topology, scenarios, simulated }: DrillReport): string {
  const passed = scenarios.length > 0 && scenarios.every((scenario) => scenario.passed);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>trade-failover drill: ${passed ? "passed" : "failed"}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Drill ${verdict(passed, "passed", "failed")}</h1>
<p>Topology: ${escaped(topology)}. All figures were measured on one machine against two emulated regions; what that leaves out is listed at the end.</p>
<table>
<tr><th>scenario</th><th></th><th>acceptance RTO<br>(DNS client)</th><th>acceptance RTO<br>(client/)</th><th>settlement RTO</th><th>accepted</th><th>lost</th><th>duplicated</th><th>replayed</th></tr>
${scenarios.map(summaryRow).join("\n")}
</table>
${scenarios.map(section).join("\n")}
<h2>What was emulated, and how</h2>
<ul>
${simulated.map((line) => `<li>${escaped(line)}</li>`).join("\n")}
</ul>
</body>
</html>
`;
}

function summaryRow({ name, passed, rto, rpo }: ScenarioReport): string {
  const numbers = [
    seconds(rto.acceptanceMs),
    seconds(rto.smartClientMs),
    seconds(rto.settlementMs),
    rpo.accepted,
    rpo.lost,
    rpo.duplicated,
    rpo.replayed,
  ];
  return `<tr><td>${escaped(name)}</td><td>${verdict(passed, "passed", "failed")}</td>${numbers.map((value) => `<td class="number">${value}</td>`).join("")}</tr>`;
}

function section(scenario: ScenarioReport): string {
  const { name, fault, goals, timeline, findings } = scenario;
  return `<h2>${escaped(name)}</h2>
<p>${escaped(fault)}</p>
${chart(scenario)}
<table>
<tr><th>goal</th><th>measured</th><th></th></tr>
${Object.values(goals)
  .map(
    ({ goal, measured, met }) =>
      `<tr><td>${escaped(goal)}</td><td>${escaped(measured === undefined ? "not measured" : String(measured))}</td><td>${verdict(met, "met", "missed")}</td></tr>`,
  )
  .join("\n")}
</table>
<table>
<tr><th>second</th><th>region</th><th>event</th><th></th></tr>
${timeline.map(({ atMs, region, event, detail }) => `<tr><td class="number">${(atMs / 1000).toFixed(1)}</td><td>${escaped(region)}</td><td>${escaped(event)}</td><td>${escaped(detail)}</td></tr>`).join("\n")}
</table>
${findings.length === 0 ? "" : findingsTable(findings)}`;
}

function findingsTable(findings: ScenarioReport["findings"]): string {
  const shown = findings.slice(0, 200);
  const rest = findings.length - shown.length;
  return `<details><summary>${findings.length} findings, trade by trade</summary><table>
${shown.map(({ kind, key, detail }) => `<tr><td>${escaped(kind)}</td><td>${escaped(key)}</td><td>${escaped(detail)}</td></tr>`).join("\n")}
</table>${rest > 0 ? `<p>and ${rest} more</p>` : ""}</details>`;
}

const WIDTH = 960;
const HEIGHT = 180;
const LEFT = 34;
const BOTTOM = 22;

/** Accepted and settled trades per second; the fault is the dashed line. */
function chart({ chart: { accepted, settled, faultMs } }: ScenarioReport): string {
  const length = Math.max(accepted.length, settled.length, 1);
  const most = Math.max(1, ...accepted, ...settled);
  const x = (second: number): number => LEFT + (second / length) * (WIDTH - LEFT);
  const y = (count: number): number => 8 + (1 - count / most) * (HEIGHT - BOTTOM - 8);
  const line = (counts: readonly number[]): string =>
    counts.map((count, second) => `${x(second + 0.5).toFixed(1)},${y(count).toFixed(1)}`).join(" ");
  const step = Math.max(1, Math.ceil(length / 12 / 5) * 5);
  const ticks = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="trades accepted and settled per second">
<text x="0" y="14">${most}/s</text><text x="0" y="${HEIGHT - BOTTOM}">0</text>
${ticks.map((tick) => `<text x="${x(tick).toFixed(1)}" y="${HEIGHT - 6}">${tick} s</text>`).join("")}
<line x1="${LEFT}" x2="${WIDTH}" y1="${y(0)}" y2="${y(0)}" stroke="#8c959f" stroke-width="0.5"/>
<line x1="${x(faultMs / 1000).toFixed(1)}" x2="${x(faultMs / 1000).toFixed(1)}" y1="0" y2="${HEIGHT - BOTTOM}" stroke="#cf222e" stroke-dasharray="4 3"/>
<polyline points="${line(settled)}" fill="none" stroke="#bf8700" stroke-width="1.5"/>
<polyline points="${line(accepted)}" fill="none" stroke="#0969da" stroke-width="1.5"/>
<text x="${WIDTH - 250}" y="14"><tspan style="fill:#0969da">accepted</tspan> · <tspan style="fill:#bf8700">settled</tspan> · <tspan style="fill:#cf222e">fault</tspan>, trades per second</text>
</svg>`;
}

const seconds = (ms: number | null): string => (ms === null ? "never" : `${(ms / 1000).toFixed(1)} s`);

const verdict = (good: boolean, yes: string, no: string): string => `<span class="${good ? "met" : "missed"}">${good ? yes : no}</span>`;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? character);
}
