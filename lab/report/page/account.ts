import type { ScenarioReport, TradeAccount } from "../model";
import { escaped, seconds, table } from "./html";

/** A page that lists more than this is slow to open: what is left out is counted. */
const MOST = 2_000;

/** The RPO account, trade by trade: what went wrong first, then what waited or was replayed, then the rest. */
export function account({ name, trades, findings, rpo, moments }: ScenarioReport): string {
  const wrong = new Map(findings.map(({ key, kind, detail }) => [key, `${kind}: ${detail}`]));
  const rank = ({ key, tries }: TradeAccount): number => (wrong.has(key) ? 0 : tries > 1 ? 1 : 2);
  const shown = [...trades].sort((a, b) => rank(a) - rank(b) || a.dueMs - b.dueMs).slice(0, MOST);
  const rows = shown.map((trade) => [
    escaped(trade.key),
    trade.client === "dns" ? "DNS" : "client/",
    seconds(trade.dueMs),
    trade.acceptedMs === undefined ? "never" : `${seconds(trade.acceptedMs)} in ${escaped(trade.acceptedRegion ?? "?")}`,
    trade.settledMs === undefined ? "no row" : `${seconds(trade.settledMs)}, epoch ${trade.settledEpoch ?? "?"}`,
    String(trade.tries),
    `<span class="${wrong.has(trade.key) ? "bad" : ""}">${escaped(wrong.get(trade.key) ?? (isReplayed(trade, moments.leaseMovedMs) ? "waited for the new holder" : ""))}</span>`,
  ]);
  const left = trades.length - shown.length;
  const others = findings.filter(({ key }) => !trades.some((trade) => trade.key === key));
  return `<h3>The account of trades</h3>
<p>${rpo.accepted} accepted, <strong>${rpo.lost} lost</strong>, ${rpo.pending} pending when the drill stopped looking, ${rpo.duplicated} settled twice, ${rpo.replayed} accepted before the lease moved and settled by the new holder.</p>
${
  others.length === 0
    ? ""
    : table(
        `Findings of ${name} that are no client's trade`,
        ["key", "kind", "what"],
        others.map(({ key, kind, detail }) => [escaped(key), escaped(kind), escaped(detail)]),
      )
}
<details${wrong.size > 0 ? " open" : ""}><summary>Each trade (${trades.length})</summary>
${table(`Trades of ${name}, from their clients' request to the ledger's row`, ["key", "client", "sent", "accepted", "settled", "tries", "remark"], rows, [2, 5])}
${left > 0 ? `<p>${left} more trades without a finding are in the clients' records beside this page.</p>` : ""}
</details>`;
}

const isReplayed = ({ acceptedMs, settledMs }: TradeAccount, leaseMovedMs: number | undefined): boolean =>
  acceptedMs !== undefined && leaseMovedMs !== undefined && acceptedMs <= leaseMovedMs && (settledMs ?? 0) > leaseMovedMs;
