import type { ScenarioReport, Segment } from "../model";
import { escaped, seconds } from "./html";

const MEANING: Readonly<Record<Segment["name"], string>> = {
  detection: "until a move was started",
  decision: "until the lease had moved",
  cutover: "until the public name led to the other region",
  promotion: "until the other copy of the ledger took writes",
  fence: "until its fence stood at the new epoch",
  client: "until the client's own next try was answered",
  settlement: "until the first new trade was settled",
};

/** The recovery as a bar of its seconds, a bar for each of the three that are promised. All have one scale. */
export function recovery({ rto, moments }: ScenarioReport): string {
  if (moments.faultMs === undefined) return "";
  const bars = [
    ["Acceptance, clients that follow DNS", rto.seconds.acceptance, rto.acceptanceMs],
    ["Acceptance, client/", rto.seconds.smartClient, rto.smartClientMs],
    ["Settlement", rto.seconds.settlement, rto.settlementMs],
  ] as const;
  const longest = Math.max(1, ...bars.map(([, segments]) => total(segments)));
  return `<h3>Where the seconds went</h3>
<dl class="bars">
${bars.map(([name, segments, ms]) => bar(name, segments, ms, longest)).join("\n")}
</dl>
<p class="note">Moments between are seen once a second.</p>`;
}

const total = (segments: readonly Segment[]): number => segments.reduce((sum, { ms }) => sum + ms, 0);

function bar(name: string, segments: readonly Segment[], ms: number | null, longest: number): string {
  const parts = segments.map(
    ({ name: part, ms: took }) =>
      `<li class="${part}" style="flex-basis:${((took / longest) * 100).toFixed(2)}%" title="${part}: ${seconds(took)} ${escaped(MEANING[part])}"><span>${part} ${seconds(took)}</span></li>`,
  );
  const rest = 100 - (total(segments) / longest) * 100;
  return `<dt>${escaped(name)}: <strong>${seconds(ms)}</strong></dt>
<dd><ol>${parts.join("")}${rest > 0 ? `<li class="empty" aria-hidden="true" style="flex-basis:${rest.toFixed(2)}%"></li>` : ""}</ol></dd>`;
}
