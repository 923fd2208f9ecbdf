import type { MachineDefinition } from "../../emulation/states-language/definition";
import { answered, asks, begun, isRunning, type Answer, type Standing } from "../../emulation/states-language/execution";

/** What becomes of a task: after so many milliseconds (0 if not given) its result, or its failure. */
export type Outcome = { readonly ms?: number } & ({ readonly result: unknown } | { readonly error: string; readonly cause?: string });

interface Due {
  readonly at: number;
  readonly answer: (standing: Standing) => Promise<Standing>;
}

export interface MachineRun {
  readonly ended: Standing;
  /** Names of the states in the order in which they were entered. */
  readonly states: readonly string[];
  /** Milliseconds by the run's own clock. */
  readonly ms: number;
}

/** Runs a machine with a clock of its own, what is due first comes first. Jitter is half of what it may be. */
export async function runMachine(
  machine: MachineDefinition,
  input: unknown,
  task: (resource: string, input: unknown) => Outcome,
): Promise<MachineRun> {
  let standing: Standing = begun(machine, input);
  let now = 0;
  const states: string[] = [];
  const issued = new Set<object>();
  const due: Due[] = [];
  for (;;) {
    for (const ask of asks(standing)) {
      if (issued.has(ask.frame)) continue;
      issued.add(ask.frame);
      const { waiting, state } = ask.frame;
      if (waiting.kind === "enter") states.push(state);
      let ms = "ms" in waiting ? waiting.ms : 0;
      let answer: Answer = "over";
      if (waiting.kind === "task") {
        const outcome = task(waiting.resource, waiting.input);
        ms = outcome.ms ?? 0;
        answer = "error" in outcome ? { error: outcome.error, cause: outcome.cause ?? "" } : outcome;
      }
      due.push({ at: now + ms, answer: (at) => answered(machine, at, ask, answer, () => 0.5) });
    }
    due.sort((a, b) => a.at - b.at);
    const next: Due | undefined = isRunning(standing) ? due.shift() : undefined;
    if (!next) return { ended: standing, states, ms: now };
    now = next.at;
    standing = await next.answer(standing);
  }
}
