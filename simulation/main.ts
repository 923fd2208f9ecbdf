/** `npm run simulate`: see `options.ts` for what it takes. */
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

async function tell(failed: Result, pool: Pool): Promise<void> {
  const { chosen } = await shrink(failed, (fewer) => pool.one(failed.seed, false, { chosen: fewer }));
  const traced = await pool.one(failed.seed, true, { chosen });
  const lines = traced.trace ?? [];
  console.log(`\nseed ${failed.seed} fails:`);
  for (const violation of failed.violations) console.log(shown(violation));
  console.log(`faults that it needs (${chosen.length} of ${failed.planned.length}):`);
  for (const fault of traced.planned) console.log(`  ${JSON.stringify(fault)}`);
  console.log(`the end of its trace (all of it, with all faults: npm run simulate -- --seed ${failed.seed} --trace):`);
  console.log(lines.slice(-LINES).join("\n"));
}

async function simulate(options: Options): Promise<number> {
  const pool = new Pool(await buildSimulation(), options.workers);
  const tally = new Tally();
  const failed: Result[] = [];
  const progress = setInterval(() => console.error(`${tally.done} of ${options.seeds} seeds, ${tally.failed.length} failed`), 10_000);
  try {
    if (options.trace) {
      const result = await pool.one(options.from, true);
      tally.add(result);
      console.log((result.trace ?? []).join("\n"));
      for (const violation of result.violations) console.log(shown(violation));
    } else {
      await pool.run(options.from, options.seeds, (results) => {
        for (const result of results) {
          tally.add(result);
          if (result.violations.length > 0 && failed.length < TOLD) failed.push(result);
        }
        return undefined;
      });
      const summary = tally.summary();
      for (const result of failed) await tell(result, pool);
      console.log(JSON.stringify(summary));
      return summary.failed.length === 0 ? 0 : 1;
    }
  } finally {
    clearInterval(progress);
    await pool.close();
  }
  console.log(JSON.stringify(tally.summary()));
  return tally.failed.length === 0 ? 0 : 1;
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
  return options.mutants ? mutants(options) : simulate(options);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`simulate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  },
);
