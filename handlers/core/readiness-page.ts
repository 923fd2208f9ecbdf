import type { CheckResult } from "../../contract/steps";

/** What a run of the readiness machine found, as it is kept. */
export interface ReadinessReport {
  readonly region: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly ready: boolean;
  /** Checks that failed or were not run. */
  readonly failed: readonly string[];
  readonly results: readonly CheckResult[];
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? character);

/** The report as one page for people, which needs no other file. */
export function readinessPage({ region, at, ready, failed, results }: ReadinessReport): string {
  const title = `Readiness of ${region}: ${ready ? "ready" : "NOT READY"}`;
  const missing = failed.filter((name) => !results.some(({ check }) => check === name));
  const rows = [
    ...results.map(({ check, passed, detail, durationMs }) => [check, passed ? "passed" : "FAILED", `${durationMs} ms`, detail]),
    ...missing.map((name) => [name, "FAILED", "", "it was not run"]),
  ].map(
    ([check = "", ...cells]) =>
      `<tr><th scope="row">${escaped(check)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font-family:sans-serif;color-scheme:light dark;margin:2rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;vertical-align:top}</style></head>
<body><main><h1>${escaped(title)}</h1>
<p>${escaped(at)}. Each check was carried out in this region, not only looked up.</p>
<table><thead><tr><th scope="col">check</th><th scope="col">result</th><th scope="col">time</th><th scope="col">what was found</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></main></body>
</html>
`;
}
