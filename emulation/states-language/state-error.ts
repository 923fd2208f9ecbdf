import type { Catcher, Retrier } from "./definition";

/** A state's failure by its error name. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    readonly why: string,
  ) {
    super(`${error}: ${why}`);
  }
}

/** No wildcard names these: they end the execution. */
const TERMINAL = ["States.Runtime", "States.DataLimitExceeded"];

/** Does a retrier or catcher speak of this error? `States.TaskFailed` is every error but a timeout. */
export function covers({ ErrorEquals }: Pick<Retrier | Catcher, "ErrorEquals">, error: string): boolean {
  if (ErrorEquals.includes(error)) return true;
  if (TERMINAL.includes(error)) return false;
  return ErrorEquals.includes("States.ALL") || (ErrorEquals.includes("States.TaskFailed") && error !== "States.Timeout");
}

/** Milliseconds before the retry that follows `made` earlier ones of this retrier; undefined: it has no more. `random`: 0 to 1, for full jitter. */
export function delayOf(retrier: Retrier, made: number, random: number): number | undefined {
  if (made >= (retrier.MaxAttempts ?? 3)) return undefined;
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
  return seconds * 1000 * (retrier.JitterStrategy === "FULL" ? random : 1);
}
