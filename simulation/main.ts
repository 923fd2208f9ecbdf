/** `npm run simulate`: see `options.ts` for what it takes. */
import { appendFileSync } from "node:fs";
import { buildSimulation } from "./build";
import { MUTANTS } from "./mutants/list";
import { huntMutants, tableOf } from "./mutants/hunt";
import { HELP, optionsOf, type Options } from "./options";
import { Pool } from "./pool";
import type { Result } from "./run";
import { shrink } from "./shrink";
import { Tally } from "./summary";

/** Failing seeds that are told in full. */
const TOLD = 3;
/** Lines of a failing seed's trace that are shown: its end, where the rule broke. */
const LINES = 120;

const shown = ({ rule, what, at }: Result["violations"][number]): string => `  ${(at / 1000).toFixed(3)} s: ${rule}: ${what}`;

async function tell(failed: Result, pool: Pool, family: string | undefined, file: string | undefined): Promise<void> {
  const { chosen } = await shrink(failed, (fewer) => pool.one(failed.seed, false, { chosen: fewer, family }));
  const traced = await pool.one(failed.seed, true, { chosen, family });
  if (file !== undefined) keep(file, failed, traced.planned, family);
  const lines = traced.trace ?? [];
  const again = `npm run simulate -- --seed ${failed.seed}${family === undefined ? "" : ` --family ${family}`} --trace`;
  console.log(`\nseed ${failed.seed} fails:`);
  for (const violation of failed.violations) console.log(shown(violation));
  console.log(`faults that it needs (${chosen.length} of ${failed.planned.length}):`);
  for (const fault of traced.planned) console.log(`  ${JSON.stringify(fault)}`);
  console.log(`habits of AWS: ${JSON.stringify(failed.habits)}`);
  console.log(`the end of its trace (all of it, with all faults: ${again}):`);
  console.log(lines.slice(-LINES).join("\n"));
}

/** A failing seed as a soak keeps it: what broke, and the faults that it needs, or all of them until that is known. */
function keep(file: string, { seed, violations: [first], habits }: Result, faults: Result["planned"], family: string | undefined): void {
  appendFileSync(file, `${JSON.stringify({ seed, family, rule: first?.rule, what: first?.what, faults, habits })}\n`);
}

/** All seeds that were asked for, or as many as there is time for. */
async function simulate({ from, seeds, workers, family, minutes, kept: file }: Options): Promise<number> {
  const pool = new Pool(await buildSimulation(), workers);
  const tally = new Tally();
  const failed: Result[] = [];
  const until = minutes === undefined ? Infinity : performance.now() + minutes * 60_000;
  const wanted = minutes === undefined ? String(seeds) : `${minutes} minutes`;
  const progress = setInterval(() => console.error(`${tally.done} of ${wanted}, ${tally.failed.length} failed`), 10_000);
  const note = (results: readonly Result[]): "enough" | undefined => {
    for (const result of results) {
      tally.add(result);
      if (result.violations.length === 0) continue;
      if (minutes !== undefined) keep(file, result, result.planned, family);
      if (failed.length < TOLD) failed.push(result);
    }
    return performance.now() > until ? "enough" : undefined;
  };
  try {
    await pool.run(from, minutes === undefined ? seeds : Number.MAX_SAFE_INTEGER, note, { family });
    const summary = tally.summary();
    for (const result of failed) await tell(result, pool, family, minutes === undefined ? undefined : file);
    console.log(JSON.stringify(summary));
    return summary.failed.length === 0 ? 0 : 1;
  } finally {
    clearInterval(progress);
    await pool.close();
  }
}

async function trace({ from, family }: Options): Promise<number> {
  const pool = new Pool(await buildSimulation(), 1);
  const tally = new Tally();
  try {
    const result = await pool.one(from, true, { family });
    tally.add(result);
    console.log((result.trace ?? []).join("\n"));
    for (const violation of result.violations) console.log(shown(violation));
    console.log(JSON.stringify(tally.summary()));
    return tally.failed.length === 0 ? 0 : 1;
  } finally {
    await pool.close();
  }
}

async function mutants(options: Options): Promise<number> {
  const hunted = await huntMutants(MUTANTS, options, (line) => console.error(line));
  console.log(tableOf(hunted));
  const killed = hunted.filter(({ seed }) => seed !== undefined).length;
  console.log(
    JSON.stringify({ mutants: hunted.length, killed, survived: hunted.filter(({ seed }) => seed === undefined).map(({ name }) => name) }),
  );
  return killed === hunted.length ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  let options;
  try {
    options = optionsOf(args);
  } catch (error) {
    console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  if (options === "help") {
    console.log(HELP);
    return 0;
  }
  if (options.mutants) return mutants(options);
  return options.trace ? trace(options) : simulate(options);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`simulate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  },
);
