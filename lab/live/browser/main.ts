/** The live page: asks for what its buttons say, and shows the news of each second. */
import uPlot from "uplot";
import { optionsOf } from "../../report/browser/charts";
import { chartsIn } from "../../report/browser/series";
import type { Requests, Sample } from "../../report/model";
import { lanes } from "../../report/page/lanes";
import type { News } from "../news";

const KEPT_SECONDS = 180;
const KEPT_EVENTS = 300;

const setting = JSON.parse(document.getElementById("setting")?.textContent ?? "{}") as { token: string; regions: string[] };
const samples: Sample[] = [];
let requests: Requests[] = setting.regions.map((region) => ({ region, accepted: [], refused: [], unanswered: [] }));
let plots: uPlot[] = [];

const address = (path: string): string => `${path}?token=${setting.token}`;

async function order(body: object): Promise<void> {
  const answer = await fetch(address("/orders"), { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) log("page", "refused", await answer.text());
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-rate]"))
  button.addEventListener("click", () => void order({ action: "rate", rate: Number(button.dataset.rate) }));
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-action]"))
  button.addEventListener("click", () => void order({ action: button.dataset.action, region: button.dataset.region }));

const source = new EventSource(address("/news"));
source.addEventListener("message", ({ data }) => show(JSON.parse(data as string) as News));
source.addEventListener("error", () => log("page", "lost", "the lab does not answer any more"));

function show({ sample, rate, requests: fresh, totals, events, alarms }: News): void {
  samples.push(sample);
  if (samples.length > KEPT_SECONDS) samples.shift();
  const last = (kept: readonly number[], next: readonly number[]): number[] => [...kept, next[0] ?? 0].slice(-samples.length);
  requests = requests.map((kept) => {
    const next = fresh.find(({ region }) => region === kept.region);
    return {
      region: kept.region,
      accepted: last(kept.accepted, next?.accepted ?? []),
      refused: last(kept.refused, next?.refused ?? []),
      unanswered: last(kept.unanswered, next?.unanswered ?? []),
    };
  });
  for (const { region, event, detail } of events) log(region, event, detail);
  const totalsLine = document.getElementById("totals");
  if (totalsLine)
    totalsLine.textContent = `${totals.accepted} accepted, ${totals.unanswered} waiting for an answer, ${sample.pending ?? "an unknown number"} accepted and not settled yet.`;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-rate]"))
    button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === rate));
  for (const card of document.querySelectorAll<HTMLElement>(".region")) showRegion(card, sample);
  for (const { region, name, state } of alarms) {
    const place = document.querySelector(`[data-alarm="${name}"][data-region="${region}"]`);
    const text = place?.querySelector(".state");
    if (text && text.textContent !== state) text.textContent = state;
    place?.classList.toggle("alarm", state === "ALARM");
  }
  draw();
}

function showRegion(card: HTMLElement, { holder, epoch, name, regions }: Sample): void {
  const region = card.dataset.region ?? "";
  const seen = regions.find((one) => one.region === region);
  const active = holder === region;
  card.classList.toggle("active", active);
  card.classList.toggle("down", seen?.process !== "running");
  const role = card.querySelector(".role");
  if (role) role.textContent = holder === undefined ? "role unknown" : active ? `ACTIVE, epoch ${epoch ?? "?"}` : "passive";
  const fields: Record<string, string> = {
    process: seen?.process ?? "?",
    ledger: seen?.ledger === undefined ? "unreachable" : `${seen.ledger}, fence ${seen.fence ?? "?"}`,
    lag: seen?.ledger === "writer" ? "none: it is the writer" : seen?.lagMs === undefined ? "unknown" : `${seen.lagMs} ms`,
    queue: seen?.queue === undefined ? "unknown" : String(seen.queue),
    name: name === region ? "leads here" : "leads elsewhere",
  };
  for (const [field, text] of Object.entries(fields)) {
    const place = card.querySelector(`[data-field="${field}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

function draw(): void {
  const place = document.getElementById("lanes");
  const first = samples[0]?.atMs ?? 0;
  const shown = samples.map((sample) => ({ ...sample, atMs: sample.atMs - first }));
  if (place) place.innerHTML = lanes({ samples: shown, moments: { faultMs: undefined } });
  const body = document.getElementById("charts");
  if (!body) return;
  const charts = chartsIn({ name: "live", samples: shown, requests });
  if (plots.length === 0)
    plots = charts.map((chart) => new uPlot(optionsOf(chart, body.clientWidth, "live"), [[], ...chart.lines.map(() => [])], body));
  charts.forEach(({ times, lines }, index) => plots[index]?.setData([[...times], ...lines.map(({ values }) => [...values])]));
}

function log(region: string, event: string, detail: string): void {
  const list = document.getElementById("log");
  const item = document.createElement("li");
  item.textContent = `${new Date().toLocaleTimeString()}  ${region}  ${event}: ${detail}`;
  list?.prepend(item);
  while (list && list.children.length > KEPT_EVENTS) list.lastChild?.remove();
}
