/**
 * - `ok`: nothing stands in the way.
 * - `slow`: an update goes through, but waits or does less than it says.
 * - `lasting`: an update goes through, and what it makes nobody can take back, AWS included.
 * - `refused`: an update would fail.
 * - `unknown`: the account did not say, so it may be either.
 */
export type Verdict = "ok" | "slow" | "lasting" | "refused" | "unknown";

export interface Finding {
  readonly what: string;
  /** Region code, or "everywhere". */
  readonly where: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** What to do; "" where nothing is to be done. */
  readonly mend: string;
}

const PASSING: ReadonlySet<Verdict> = new Set(["ok", "slow", "lasting"]);

/** Before an update nothing may be refused, and nothing unknown: what nobody could see may be a refusal. */
export const isClear = (findings: readonly Finding[]): boolean => findings.every(({ verdict }) => PASSING.has(verdict));

/** One table: the worst first, and below it what to do. */
export function table(findings: readonly Finding[]): readonly string[] {
  const order: readonly Verdict[] = ["refused", "unknown", "lasting", "slow", "ok"];
  const sorted = [...findings].sort((one, two) => order.indexOf(one.verdict) - order.indexOf(two.verdict));
  const rows = [["verdict", "where", "what", "found"], ...sorted.map(({ verdict, where, what, found }) => [verdict, where, what, found])];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const repairs = sorted.filter(({ mend }) => mend !== "").map(({ where, what, mend }) => `- ${what} (${where}): ${mend}`);
  return [...lines, ...(repairs.length === 0 ? [] : ["", "To do:", ...repairs])];
}
