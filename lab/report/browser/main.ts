/** Draws the charts of a report: hover shows values, dragging zooms, all charts of a scenario move together. */
import { chartsOf } from "./charts";
import type { Scenario } from "./series";

const data = JSON.parse(document.getElementById("report")?.textContent ?? "[]") as Scenario[];
for (const place of document.querySelectorAll<HTMLElement>(".charts")) {
  const scenario = data.find(({ name }) => name === place.dataset.scenario);
  if (scenario && scenario.samples.length > 1) chartsOf(place, scenario);
}
