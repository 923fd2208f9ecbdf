import { buildSimulation, type Mutation } from "../build";
import { Pool } from "../pool";
import type { Result } from "../run";

/** One way to break the system. */
export interface Mutant extends Mutation {
  readonly name: string;
  /** Worlds of this family show it soonest; absent: any do. */
  readonly family?: string;
}

export interface Hunted {
  readonly name: string;
  readonly file: string;
  /** The seed that showed it first; undefined: none did. */
  readonly seed: number | undefined;
  /** Seeds that were run until then. */
  readonly seeds: number;
  /** The rule that it broke. */
  readonly rule: string;
}

/** Runs each mutant's seeds until a checker notices; one mutant after the other, on all threads. */
export async function huntMutants(
  mutants: readonly Mutant[],
  { from, seeds, workers }: { readonly from: number; readonly seeds: number; readonly workers: number },
  onHunted: (line: string) => void,
): Promise<Hunted[]> {
  const all: Hunted[] = [];
  for (const mutant of mutants) {
    const pool = new Pool(await buildSimulation(mutant), workers);
    let first: Result | undefined;
    let run = 0;
    try {
      const look = (results: readonly Result[]): "enough" | undefined => {
        run += results.length;
        for (const result of results) {
          if (result.violations.length > 0 && (first === undefined || result.seed < first.seed)) first = result;
        }
        return first ? "enough" : undefined;
      };
      await pool.run(from, seeds, look, { family: mutant.family });
    } finally {
      await pool.close();
    }
    const { name, file } = mutant;
    const hunted = { name, file, seed: first?.seed, seeds: first ? first.seed - from + 1 : run, rule: first?.violations[0]?.rule ?? "" };
    all.push(hunted);
    onHunted(`${hunted.seed === undefined ? "SURVIVED" : "killed  "} ${name} (${hunted.seeds} seeds) ${hunted.rule}`);
  }
  return all;
}

/** A table for the terminal. */
export function tableOf(hunted: readonly Hunted[]): string {
  const rows = [["mutant", "file", "seeds", "seed", "rule that it broke"]];
  for (const { name, file, seed, seeds, rule } of hunted)
    rows.push([name, file, String(seeds), seed === undefined ? "SURVIVED" : String(seed), rule]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
