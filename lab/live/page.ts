import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browserScript, plotStyle } from "../report/page/browser-script";
import { escaped, scriptJson } from "../report/page/html";
import { ACTIONS, RATES } from "./actions";
import { ALARMS } from "./alarms";
import { runbookSection } from "./runbook";

const BROWSER = join(__dirname, "browser");
const REPORT = join(__dirname, "../report/browser");

/** The live page: both regions, what may be done to them, and what happens. */
export function livePage(regions: readonly string[], token: string): string {
  const style = [plotStyle(), readFileSync(join(REPORT, "style.css"), "utf8"), readFileSync(join(BROWSER, "style.css"), "utf8")].join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>trade-failover: two regions on this machine</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Two regions on this machine</h1>
<p>Start the trades, then break the active region and watch. Nothing here tells the system what you did: it has to find out. <strong>Everything runs on this machine; AWS is emulated.</strong></p>
</header>
<main>
<section aria-label="Trades">
<h2>Trades</h2>
<p id="totals" aria-live="polite">No trade has been sent.</p>
<p class="buttons">${RATES.map((rate) => `<button type="button" data-rate="${rate}" aria-pressed="${rate === 0}">${rate === 0 ? "Stop" : `${rate} a second`}</button>`).join("")}
${ACTIONS.filter(({ regional }) => !regional)
  .map(({ name, label, help }) => `<button type="button" data-action="${name}" title="${escaped(help)}">${escaped(label)}</button>`)
  .join("")}</p>
</section>
<div class="regions">
${regions.map(regionCard).join("\n")}
</div>
<section aria-label="The last minutes">
<h2>The last minutes</h2>
<div id="lanes"></div>
<div id="charts" class="charts"></div>
</section>
<section aria-label="What happened">
<h2>What happened</h2>
<div role="log" aria-live="polite" tabindex="0" aria-label="Events, the latest first"><ol id="log"></ol></div>
</section>
</main>
<script type="application/json" id="setting">${scriptJson({ token, regions })}</script>
<script>${browserScript(join(BROWSER, "main.ts"))}</script>
</body>
</html>
`;
}

const regionCard = (region: string): string => `<section class="region" data-region="${escaped(region)}" aria-label="${escaped(region)}">
<h2>${escaped(region)}</h2>
<p class="role">not seen yet</p>
<dl>
<dt>processes</dt><dd data-field="process">?</dd>
<dt>ledger</dt><dd data-field="ledger">?</dd>
<dt>replication lag</dt><dd data-field="lag">?</dd>
<dt>queue</dt><dd data-field="queue">?</dd>
<dt>public name</dt><dd data-field="name">?</dd>
</dl>
<p class="buttons">${ACTIONS.filter(({ regional }) => regional)
  .map(
    ({ name, label, help }) =>
      `<button type="button" data-action="${name}" data-region="${escaped(region)}" title="${escaped(help)}">${escaped(label)}</button>`,
  )
  .join("")}</p>
<h3>Alarms</h3>
<p class="note">Judged here from what this page sees, by the stack's thresholds; on AWS by CloudWatch. Each opens its section of the runbook.</p>
<ul class="alarms">${ALARMS.map(({ name }) => alarm(region, name)).join("")}</ul>
</section>`;

const alarm = (region: string, name: string): string =>
  `<li><details data-alarm="${name}" data-region="${escaped(region)}"><summary>${name} <span class="state">INSUFFICIENT_DATA</span></summary>${runbookSection(name)}</details></li>`;
