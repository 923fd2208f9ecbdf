import type { Sample, ScenarioReport } from "../model";
import { escaped } from "./html";

/** What a lane shows at a moment: a word, and how it is coloured. */
interface State {
  readonly text: string;
  readonly tone: "good" | "idle" | "bad" | "unknown";
}

interface Lane {
  readonly name: string;
  readonly stateOf: (sample: Sample) => State;
}

/** What the lanes need of a scenario. */
interface Shown {
  readonly samples: ScenarioReport["samples"];
  readonly moments: Pick<ScenarioReport["moments"], "faultMs">;
}

const WIDTH = 1000;
const LABEL = 190;
const ROW = 22;

/** Both regions side by side over time: a lane for each of what they are and do. Each piece tells its time and state when pointed at. */
export function lanes({ samples, moments }: Shown): string {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return "";
  const all = lanesOf(first);
  const end = Math.max(1, last.atMs);
  const x = (ms: number): number => LABEL + (Math.max(0, ms) / end) * (WIDTH - LABEL);
  const height = all.length * ROW + 24;
  const rows = all.map(({ name, stateOf }, row) => {
    const pieces = runs(samples, stateOf, end).map(({ state, from, to }) => {
      const told = `${name}: ${state.text}, ${(from / 1000).toFixed(0)} to ${(to / 1000).toFixed(0)} s`;
      const wide = x(to) - x(from) > 7 * state.text.length;
      return `<g class="${state.tone}"><rect x="${x(from).toFixed(1)}" y="${row * ROW + 2}" width="${Math.max(1, x(to) - x(from)).toFixed(1)}" height="${ROW - 4}"><title>${escaped(told)}</title></rect>${wide ? `<text x="${(x(from) + 4).toFixed(1)}" y="${row * ROW + 15}">${escaped(state.text)}</text>` : ""}</g>`;
    });
    return `<text class="label" x="0" y="${row * ROW + 15}">${escaped(name)}</text>${pieces.join("")}`;
  });
  const ticks = Array.from({ length: 11 }, (_, index) => (end / 10) * index);
  const { faultMs } = moments;
  return `<figure>
<svg class="lanes" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Roles, processes, ledgers and health checks of both regions over time. The list of events tells the same in words.">
${rows.join("\n")}
${ticks.map((tick) => `<text class="label" text-anchor="middle" x="${Math.min(WIDTH - 14, x(tick)).toFixed(1)}" y="${height - 6}">${(tick / 1000).toFixed(0)} s</text>`).join("")}
${faultMs === undefined ? "" : `<line class="fault" x1="${x(faultMs).toFixed(1)}" x2="${x(faultMs).toFixed(1)}" y1="0" y2="${height - 20}"><title>fault at ${(faultMs / 1000).toFixed(1)} s</title></line>`}
</svg>
<figcaption>The dashed line is the fault.</figcaption>
</figure>`;
}

function lanesOf(first: Sample): Lane[] {
  const unknown: State = { text: "unknown", tone: "unknown" };
  const regional = first.regions.flatMap(({ region }): Lane[] => {
    const of = (sample: Sample) => sample.regions.find((one) => one.region === region);
    return [
      {
        name: `${region} role`,
        stateOf: ({ holder, epoch }) =>
          holder === undefined
            ? unknown
            : holder === region
              ? { text: `active, epoch ${epoch ?? "?"}`, tone: "good" }
              : { text: "passive", tone: "idle" },
      },
      {
        name: `${region} processes`,
        stateOf: (sample) => {
          const text = of(sample)?.process ?? "unknown";
          return { text, tone: text === "running" ? "good" : "bad" };
        },
      },
      {
        name: `${region} ledger`,
        stateOf: (sample) => {
          const { ledger, fence } = of(sample) ?? {};
          if (ledger === undefined) return { text: "unreachable", tone: "bad" };
          return ledger === "writer" ? { text: `writer, fence ${fence ?? "?"}`, tone: "good" } : { text: "reader", tone: "idle" };
        },
      },
    ];
  });
  const checks = first.checks.map(({ name }): Lane => ({
    name,
    stateOf: (sample) => {
      const healthy = sample.checks.find((check) => check.name === name)?.healthy;
      if (healthy === undefined) return unknown;
      return healthy ? { text: "healthy", tone: "good" } : { text: "unhealthy", tone: "bad" };
    },
  }));
  return [
    ...regional,
    { name: "public name", stateOf: ({ name }) => (name === undefined ? unknown : { text: name, tone: "idle" }) },
    ...checks,
  ];
}

/** Samples in a row with the same state, as one piece. */
function runs(samples: readonly Sample[], stateOf: Lane["stateOf"], end: number): { state: State; from: number; to: number }[] {
  const pieces: { state: State; from: number; to: number }[] = [];
  for (const sample of samples) {
    const state = stateOf(sample);
    const piece = pieces.at(-1);
    if (piece) piece.to = sample.atMs;
    if (piece?.state.text !== state.text) pieces.push({ state, from: sample.atMs, to: end });
    else piece.to = end;
  }
  return pieces;
}
