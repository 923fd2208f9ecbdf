import uPlot from "uplot";
import { chartsIn, type Chart, type Line, type Scenario } from "./series";

const HEIGHT = 170;
const colour = (tone: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${tone}`).trim();

/** A scenario's charts below each other, with one cursor and one range of time, and buttons for who uses no mouse. */
export function chartsOf(place: HTMLElement, scenario: Scenario): void {
  const charts = chartsIn(scenario).filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null)));
  let plots: uPlot[] = [];
  let range: { min: number; max: number } | undefined;
  const whole = { min: 0, max: Math.max(1, ...charts.map(({ times }) => times.at(-1) ?? 0)) };
  const show = (next: { min: number; max: number } | undefined): void => {
    range = next;
    for (const plot of plots) plot.setScale("x", next ?? whole);
  };
  place.append(buttons(scenario, whole, show));
  const body = document.createElement("div");
  place.append(body);
  const draw = (): void => {
    for (const plot of plots) plot.destroy();
    plots = charts.map((chart) => draws(body, chart, scenario, (next) => show(next)));
    if (range) show(range);
  };
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => plots.forEach((plot) => plot.setSize({ width: body.clientWidth, height: HEIGHT }))).observe(body);
}

function buttons(
  { faultMs }: Scenario,
  whole: { min: number; max: number },
  show: (range: { min: number; max: number } | undefined) => void,
): HTMLElement {
  const bar = document.createElement("p");
  bar.className = "buttons";
  const add = (text: string, range: { min: number; max: number } | undefined): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => show(range));
    bar.append(button);
  };
  add("Whole run", undefined);
  if (faultMs !== undefined) {
    const at = faultMs / 1000;
    add("Recovery", { min: Math.max(0, at - 5), max: Math.min(whole.max, at + 40) });
    add("Ten seconds around the fault", { min: Math.max(0, at - 5), max: Math.min(whole.max, at + 5) });
  }
  return bar;
}

/** A chart's looks; all charts with one `cursor` show the same moment. */
export function optionsOf(chart: Chart, width: number, cursor: string): uPlot.Options {
  const axis = { stroke: colour("text"), grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("grid") } };
  return {
    title: chart.title,
    width,
    height: HEIGHT,
    cursor: { sync: { key: cursor }, drag: { x: true, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
      { ...axis, size: 56 },
    ],
    series: [
      { label: "second", value: (_, second) => (second === null ? "" : `${second.toFixed(1)}`) },
      ...chart.lines.map((line) => seriesOf(line, chart)),
    ],
  };
}

function draws(body: HTMLElement, chart: Chart, { name, faultMs }: Scenario, zoomed: (range: { min: number; max: number }) => void): uPlot {
  const plot = new uPlot(
    {
      ...optionsOf(chart, body.clientWidth, name),
      hooks: {
        setSelect: [
          (drawn) => {
            const { left, width } = drawn.select;
            if (width > 0) zoomed({ min: drawn.posToVal(left, "x"), max: drawn.posToVal(left + width, "x") });
          },
        ],
        draw: [(drawn) => markFault(drawn, faultMs)],
      },
    },
    [[...chart.times], ...chart.lines.map(({ values }) => [...values])],
    body,
  );
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", described(chart));
  return plot;
}

const seriesOf = ({ label, tone, dashed }: Line, { unit }: Chart): uPlot.Series => ({
  label,
  stroke: colour(tone),
  width: 1.5,
  ...(dashed ? { dash: [5, 4] } : {}),
  points: { show: false },
  value: (_, value) => (value === null ? "unknown" : `${value}${unit}`),
});

function markFault(plot: uPlot, faultMs: number | undefined): void {
  if (faultMs === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(faultMs / 1000, "x", true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour("bad");
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** A chart in words, for readers who can't see it: the greatest value of each line, and when. */
function described({ title, times, lines, unit }: Chart): string {
  const greatest = lines.map(({ label, values }) => {
    const known = values.map((value) => value ?? 0);
    const most = Math.max(0, ...known);
    return most === 0
      ? `${label} stays at 0`
      : `${label} is greatest with ${most}${unit} at ${(times[known.indexOf(most)] ?? 0).toFixed(0)} s`;
  });
  return `${title}: ${greatest.join("; ")}.`;
}
