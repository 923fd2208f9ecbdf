/** Draws the charts of a report: hover shows values, dragging zooms, all charts of a scenario move together. */
import { chartsOf } from "./charts";
import type { Scenario } from "./series";

const data = JSON.parse(document.getElementById("report")?.textContent ?? "[]") as Scenario[];
// What is folded on the screen is there on paper.
matchMedia("print").addEventListener("change", ({ matches }) => {
  for (const details of document.querySelectorAll("details")) {
    if (matches && !details.open) details.dataset.folded = "";
    details.open = matches || (details.open && !("folded" in details.dataset));
    if (!matches) delete details.dataset.folded;
  }
});

for (const place of document.querySelectorAll<HTMLElement>(".charts")) {
  const scenario = data.find(({ name }) => name === place.dataset.scenario);
  if (scenario && scenario.samples.length > 1) chartsOf(place, scenario);
}
