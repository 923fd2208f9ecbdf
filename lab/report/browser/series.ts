import type { Requests, Sample } from "../model";

export interface Scenario {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly requests: readonly Requests[];
  readonly faultMs?: number;
}

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Which of the page's colours. */
  readonly tone: "one" | "two" | "bad" | "idle";
  readonly dashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** Seconds since the stream began. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

const TONES = ["one", "two"] as const;

/** The series that are drawn: requests by outcome and region, the backlog, and the copy's lag. */
export function chartsIn({ samples, requests }: Scenario): Chart[] {
  const seen = samples.map(({ atMs }) => atMs / 1000);
  const regions = (samples[0]?.regions ?? []).map(({ region }) => region);
  const regional = (label: string, value: (region: Sample["regions"][number]) => number | undefined): Line[] =>
    regions.map((region, index) => ({
      label: `${label} ${region}`,
      tone: TONES[index % TONES.length] ?? "one",
      values: samples.map((sample) => {
        const one = sample.regions.find((candidate) => candidate.region === region);
        return (one && value(one)) ?? null;
      }),
    }));
  return [
    {
      title: "Requests a second, by region and outcome",
      unit: "/s",
      times: (requests[0]?.accepted ?? []).map((_, second) => second),
      lines: requests.flatMap(({ region, accepted, refused, unanswered }, index): Line[] => [
        { label: `${region} accepted`, values: accepted, tone: TONES[index % TONES.length] ?? "one" },
        { label: `${region} refused`, values: refused, tone: "idle", dashed: index > 0 },
        { label: `${region} no answer`, values: unanswered, tone: "bad", dashed: index > 0 },
      ]),
    },
    {
      title: "Trades that wait",
      unit: "",
      times: seen,
      lines: [
        { label: "accepted, not settled", values: samples.map(({ pending }) => pending ?? null), tone: "bad" },
        ...regional("queue", ({ queue }) => queue),
      ],
    },
    { title: "Replication lag of the ledger's copy", unit: " ms", times: seen, lines: regional("lag", ({ lagMs }) => lagMs) },
  ];
}
