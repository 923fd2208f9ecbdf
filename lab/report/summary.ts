import type { ScenarioReport } from "./model";

const seconds = (ms: number | null): string => (ms === null ? "never" : `${(ms / 1000).toFixed(1)} s`);

/** The run's results as lines for a terminal. */
export function summary(reports: readonly ScenarioReport[]): string[] {
  const rows = [
    ["scenario", "", "DNS client", "client/", "settlement", "accepted", "lost", "pending", "duplicated", "replayed"],
    ...reports.map(({ name, verdict, rto, rpo }) => [
      name,
      verdict,
      seconds(rto.acceptanceMs),
      seconds(rto.smartClientMs),
      seconds(rto.settlementMs),
      ...[rpo.accepted, rpo.lost, rpo.pending, rpo.duplicated, rpo.replayed].map(String),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const missed = reports.flatMap(({ name, goals }) =>
    Object.values(goals)
      .filter(({ met }) => !met)
      .map(({ goal, measured }) => `  ${name}: missed: ${goal}: ${measured ?? "not measured"}`),
  );
  const open = reports.flatMap(({ name, verdict, notMeasured }) =>
    verdict === "INCONCLUSIVE" ? notMeasured.map((what) => `  ${name}: not measured: ${what}`) : [],
  );
  const notes = [...missed, ...open];
  return ["", ...table, ...(notes.length === 0 ? ["every goal was met"] : notes)];
}
