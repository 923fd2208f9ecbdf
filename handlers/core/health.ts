import type { Clock } from "../ports";
import { json, type Answer } from "./problem";

export interface Check {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** In a word: an AWS error by its name, ours by what they say. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  return error.name === "Error" ? error.message : error.name;
}

/** Runs all checks at once; ready when each resolved. What a region needs to *accept*: the ledger is not among it. */
export async function readiness(region: string, checks: readonly Check[]): Promise<Answer> {
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        await run();
        return [name, "ok"] as const;
      } catch (error) {
        return [name, reasonOf(error)] as const;
      }
    }),
  );
  const ready = results.every(([, result]) => result === "ok");
  return json(ready ? 200 : 503, { ready, region, checks: Object.fromEntries(results) });
}

/**
 * One look serves all who ask within `freshMs`. Both clocks must say that it is fresh: the wall clock may be set back, and the monotonic one may
 * stand still while the environment is frozen.
 */
export function remembered<T>(freshMs: number, clock: Pick<Clock, "now" | "monotonic">, look: () => Promise<T>): () => Promise<T> {
  let last: { readonly now: number; readonly monotonic: number; readonly answer: Promise<T> } | undefined;
  const isFresh = (age: number): boolean => age >= 0 && age <= freshMs;
  return () => {
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    if (!last || !isFresh(now - last.now) || !isFresh(monotonic - last.monotonic)) last = { now, monotonic, answer: look() };
    return last.answer;
  };
}
