import type { Result } from "./run";

/** Runs one seed with some of its planned faults. */
export type RunWith = (chosen: readonly number[]) => Promise<Result>;

/**
 * The fewest faults with which a seed still breaks the same rule: each is left out in turn, for as long as one can be.
 * A seed that fails without any fault shrinks to none.
 */
export async function shrink(failed: Result, runWith: RunWith): Promise<{ readonly chosen: readonly number[]; readonly result: Result }> {
  const rule = failed.violations[0]?.rule;
  let chosen: readonly number[] = failed.planned.map((_, i) => i);
  let result = failed;
  for (let shorter = true; shorter;) {
    shorter = false;
    for (const left of chosen) {
      const fewer = chosen.filter((i) => i !== left);
      const tried = await runWith(fewer);
      if (tried.violations[0]?.rule !== rule) continue;
      [chosen, result, shorter] = [fewer, tried, true];
      break;
    }
  }
  return { chosen, result };
}
