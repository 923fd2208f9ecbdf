/** Amazon States Language (JSONata), as registered: read once, executed in virtual time. */
import jsonata from "jsonata";

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: unknown;
}

export interface StateShape {
  readonly Type: "Task" | "Choice" | "Wait" | "Pass" | "Parallel" | "Map" | "Succeed" | "Fail";
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Assign?: unknown;
  readonly Output?: unknown;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Seconds?: number;
  readonly Branches?: readonly MachineShape[];
  readonly Items?: readonly unknown[];
  readonly MaxConcurrency?: number;
  readonly ItemProcessor?: MachineShape;
  readonly Error?: string;
}

export interface MachineShape {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateShape>>;
  readonly TimeoutSeconds?: number;
}

/** What an execution ends with when nobody catches it. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    readonly why: string,
  ) {
    super(`${error}: ${why}`);
  }
}

type Variables = Readonly<Record<string, unknown>>;

/** What the interpreter needs of the world around it. */
export interface Surface {
  /** Calls a task's resource; rejects with a `StateError`. */
  readonly task: (resource: string, input: unknown, timeoutSeconds: number) => Promise<unknown>;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** Told of each state that is entered; may reject to end the execution. */
  readonly enter: (state: string) => Promise<void>;
}

type Evaluate = (bindings: Variables) => unknown;

/** By the text in a definition; undefined: no expression, it means itself. */
const compiled = new Map<string, Evaluate | undefined>();

function expressionIn(text: string): Evaluate | undefined {
  const source = /^\{%(.*)%\}$/s.exec(text)?.[1]?.trim();
  if (source === undefined) return undefined;
  const expression = jsonata(source);
  const names = /^\$\w+(\.\w+)*$/.test(source) ? source.slice(1).split(".") : undefined;
  return async (bindings) => {
    const result = (names && followed(names, bindings)) ?? ((await expression.evaluate({}, bindings)) as unknown);
    if (result === undefined) throw new StateError("States.QueryEvaluationError", `${source} is nothing`);
    return result;
  };
}

/** What a plain path leads to, which most expressions are; undefined where it meets a list or nothing, and JSONata has rules of its own. */
function followed(names: readonly string[], bindings: Variables): unknown {
  let at: unknown = bindings;
  for (const name of names) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Variables)[name];
    if (Array.isArray(at)) return undefined;
  }
  return at;
}

async function evaluate(value: unknown, states: Variables, variables: Variables): Promise<unknown> {
  if (typeof value === "string") {
    if (!compiled.has(value)) compiled.set(value, expressionIn(value));
    const expression = compiled.get(value);
    return expression ? expression({ ...variables, states }) : value;
  }
  if (Array.isArray(value)) {
    const all: unknown[] = [];
    for (const one of value) all.push(await evaluate(one, states, variables));
    return all;
  }
  if (typeof value === "object" && value !== null) {
    const all: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) all[key] = await evaluate(one, states, variables);
    return all;
  }
  return value;
}

const covers = (names: readonly string[], error: string): boolean =>
  names.includes(error) || names.includes("States.ALL") || (names.includes("States.TaskFailed") && error !== "States.Timeout");

/** Runs a machine, or a branch of one, from its first state to its end; answers its output. */
export async function execute(machine: MachineShape, input: unknown, outer: Variables, surface: Surface): Promise<unknown> {
  let variables: Variables = { ...outer };
  let name: string | undefined = machine.StartAt;
  let current = input;
  while (name !== undefined) {
    const state: StateShape | undefined = machine.States[name];
    if (!state) throw new StateError("States.Runtime", `there is no state ${name}`);
    await surface.enter(name);
    try {
      const { output, assigned, next } = await step(state, current, variables, surface);
      variables = { ...variables, ...assigned };
      [current, name] = [output, next];
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const catcher: Catcher | undefined = state.Catch?.find(({ ErrorEquals }) => covers(ErrorEquals, error.error));
      if (!catcher) throw error;
      const errorOutput = { Error: error.error, Cause: error.why };
      const states = { input: current, errorOutput };
      const assigned = (await evaluate(catcher.Assign ?? {}, states, variables)) as Variables;
      current = catcher.Output === undefined ? errorOutput : await evaluate(catcher.Output, states, variables);
      variables = { ...variables, ...assigned };
      name = catcher.Next;
    }
  }
  return current;
}

interface Step {
  readonly output: unknown;
  readonly assigned: Variables;
  readonly next: string | undefined;
}

async function step(state: StateShape, input: unknown, variables: Variables, surface: Surface): Promise<Step> {
  if (state.Type === "Fail") throw new StateError(state.Error ?? "States.Fail", "");
  if (state.Type === "Choice") {
    for (const { Condition, Next } of state.Choices ?? []) {
      const chosen = await evaluate(Condition, { input }, variables);
      if (typeof chosen !== "boolean") throw new StateError("States.QueryEvaluationError", `${Condition} is no boolean`);
      if (chosen) return { output: input, assigned: {}, next: Next };
    }
    return { output: input, assigned: {}, next: state.Default };
  }
  if (state.Type === "Wait") await surface.wait((state.Seconds ?? 0) * 1000);
  const result = await worked(state, input, variables, surface);
  const states = { input, result };
  const assigned = (await evaluate(state.Assign ?? {}, states, variables)) as Variables;
  const output = state.Output === undefined ? (result ?? input) : await evaluate(state.Output, states, variables);
  return { output, assigned, next: state.Type === "Succeed" || state.End ? undefined : state.Next };
}

/** What a state does, with its retries. */
async function worked(state: StateShape, input: unknown, variables: Variables, surface: Surface): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      switch (state.Type) {
        case "Task":
          return await surface.task(
            state.Resource ?? "",
            await evaluate(state.Arguments ?? {}, { input }, variables),
            state.TimeoutSeconds ?? 60,
          );
        case "Parallel":
          return await together(
            (state.Branches ?? []).map((branch) => () => execute(branch, input, variables, surface)),
            Infinity,
          );
        case "Map": {
          const { ItemProcessor: processor } = state;
          if (!processor) throw new StateError("States.Runtime", "a Map without a processor");
          const items = (state.Items ?? []).map((item) => () => execute(processor, item, variables, surface));
          return await together(items, state.MaxConcurrency ?? Infinity);
        }
        case "Wait":
        case "Pass":
        case "Succeed":
        case "Choice":
        case "Fail":
          return undefined;
      }
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => covers(ErrorEquals, error.error));
      if (!retrier || attempt >= (retrier.MaxAttempts ?? 3)) throw error;
      const seconds = Math.min((retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempt, retrier.MaxDelaySeconds ?? Infinity);
      await surface.wait(seconds * 1000 * (retrier.JitterStrategy === "FULL" ? surface.random() : 1));
    }
  }
}

async function together(work: readonly (() => Promise<unknown>)[], width: number): Promise<unknown[]> {
  const results: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < work.length; i = next++) results[i] = await work[i]?.();
  };
  await Promise.all(Array.from({ length: Math.min(width, work.length) }, lane));
  return results;
}
