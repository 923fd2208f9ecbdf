/**
 * Executes a state machine one answer at a time. Where an execution stands is plain data; it says what it waits for (`asks`), and whoever drives it
 * answers when and how it sees fit: in virtual time, or in every order there is.
 *
 * AWS's rules that it keeps: a branch that fails stops its siblings, whatever they wait for; each retrier counts its own retries; an error that
 * nobody catches ends the machine; variables of a branch end with it. A machine's own `TimeoutSeconds` is its driver's, which has the clock.
 */
import type { MachineDefinition, StateDefinition } from "./definition";
import { evaluate, type Variables } from "./expressions";
import { covers, delayOf, StateError } from "./state-error";

/** What one state of a machine, or of a branch, waits for. */
export type Waiting =
  /** To be entered. */
  | { readonly kind: "enter" }
  | { readonly kind: "task"; readonly resource: string; readonly input: unknown; readonly timeoutSeconds: number | undefined }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "retry"; readonly ms: number }
  | { readonly kind: "branches"; readonly branches: readonly (Standing | Unstarted)[] };

/** An item of a Map that has to wait for its turn. */
interface Unstarted {
  readonly item: unknown;
}

export interface Running {
  readonly state: string;
  readonly input: unknown;
  readonly variables: Variables;
  /** Retries made at this state, by the place of their retrier. */
  readonly retried: readonly number[];
  readonly waiting: Waiting;
}

export type Ended = { readonly output: unknown } | { readonly error: string; readonly cause: string };
export type Standing = Running | Ended;

/** One thing that an execution waits for. `frame` is the same object for as long as it is waited for. */
export interface Ask {
  /** Branches that lead there, from the outermost on. */
  readonly path: readonly number[];
  readonly frame: Running & { readonly waiting: Exclude<Waiting, { readonly kind: "branches" }> };
}

/** A task's result or failure; whatever else was waited for is just over. */
export type Answer = { readonly result: unknown } | { readonly error: string; readonly cause: string } | "over";

export const isRunning = (standing: Standing | Unstarted): standing is Running => "waiting" in standing;

const entering = (state: string, input: unknown, variables: Variables): Running => ({
  state,
  input,
  variables,
  retried: [],
  waiting: { kind: "enter" },
});

/** Before its first state. */
export const begun = (machine: MachineDefinition, input: unknown): Running => entering(machine.StartAt, input, {});

/** All that it waits for, in the order of its branches. */
export function asks(standing: Standing, path: readonly number[] = []): Ask[] {
  if (!isRunning(standing)) return [];
  const { waiting } = standing;
  if (waiting.kind !== "branches") return [{ path, frame: standing as Ask["frame"] }];
  return waiting.branches.flatMap((branch, i) => (isRunning(branch) ? asks(branch, [...path, i]) : []));
}

/** Where it stands after one of its `asks` was answered. An ask that is none any more (its branch was stopped) changes nothing. */
export async function answered(
  machine: MachineDefinition,
  standing: Standing,
  { path, frame }: Ask,
  answer: Answer,
  random: () => number,
): Promise<Standing> {
  if (!isRunning(standing)) return standing;
  const [branch, ...deeper] = path;
  const { waiting } = standing;
  if (branch === undefined) return standing === frame ? await resumed(machine, standing, answer, random) : standing;
  const inner = waiting.kind === "branches" ? waiting.branches[branch] : undefined;
  if (waiting.kind !== "branches" || inner === undefined || !isRunning(inner)) return standing;
  const after = await answered(branchOf(stateOf(machine, standing), branch), inner, { path: deeper, frame }, answer, random);
  if (after === inner) return standing;
  if ("error" in after) return await failed(machine, standing, after, random);
  const branches = waiting.branches.map((one, i) => (i === branch ? after : one));
  return await together(machine, standing, branches, random);
}

async function resumed(machine: MachineDefinition, frame: Running, answer: Answer, random: () => number): Promise<Standing> {
  const { waiting } = frame;
  try {
    if (waiting.kind === "enter" || waiting.kind === "retry") return await performed(machine, frame, random);
    if (answer === "over") return await left(machine, frame, undefined);
    if ("error" in answer) return await failed(machine, frame, answer, random);
    return await left(machine, frame, answer.result);
  } catch (error) {
    return await failed(machine, frame, failureOf(error), random);
  }
}

function failureOf(error: unknown): { readonly error: string; readonly cause: string } {
  if (!(error instanceof StateError)) throw error;
  return { error: error.error, cause: error.why };
}

function stateOf(machine: MachineDefinition, { state }: Running): StateDefinition {
  const found = machine.States[state];
  if (!found) throw new Error(`the definition has no state ${state}`);
  return found;
}

function branchOf(state: StateDefinition, branch: number): MachineDefinition {
  const found = state.Type === "Map" ? state.ItemProcessor : state.Branches?.[branch];
  if (!found) throw new Error(`a ${state.Type} without branch ${branch}`);
  return found;
}

/** Does what a state is for, as far as that needs nobody else. */
async function performed(machine: MachineDefinition, frame: Running, random: () => number): Promise<Standing> {
  const state = stateOf(machine, frame);
  const { input, variables } = frame;
  const states = { input };
  switch (state.Type) {
    case "Task": {
      const given = await evaluate(state.Arguments ?? {}, states, variables);
      return {
        ...frame,
        waiting: { kind: "task", resource: state.Resource ?? "", input: given, timeoutSeconds: state.TimeoutSeconds },
      };
    }
    case "Wait":
      return { ...frame, waiting: { kind: "wait", ms: Number(await evaluate(state.Seconds, states, variables)) * 1000 } };
    case "Choice":
      return await chosen(state, frame);
    case "Parallel": {
      const branches = (state.Branches ?? []).map(({ StartAt }) => entering(StartAt, input, variables));
      return await together(machine, frame, branches, random);
    }
    case "Map": {
      const items = (await evaluate(state.Items ?? [], states, variables)) as unknown[];
      return await together(
        machine,
        frame,
        items.map((item) => ({ item })),
        random,
      );
    }
    case "Pass":
    case "Succeed":
      return await left(machine, frame, undefined);
    case "Fail":
      return { error: state.Error ?? "States.Fail", cause: state.Cause ?? "" };
  }
}

async function chosen(state: StateDefinition, { input, variables }: Running): Promise<Standing> {
  for (const { Condition, Next, Assign } of state.Choices ?? []) {
    const met = await evaluate(Condition, { input }, variables);
    if (typeof met !== "boolean") throw new StateError("States.QueryEvaluationError", `${Condition} is no boolean`);
    if (met) return entering(Next, input, { ...variables, ...((await evaluate(Assign ?? {}, { input }, variables)) as Variables) });
  }
  if (state.Default === undefined) throw new StateError("States.NoChoiceMatched", "no condition is met");
  return entering(state.Default, input, variables);
}

/** Branches and how far they are: starts those whose turn it is, and goes on when all have ended. */
async function together(
  machine: MachineDefinition,
  frame: Running,
  branches: readonly (Standing | Unstarted)[],
  random: () => number,
): Promise<Standing> {
  const state = stateOf(machine, frame);
  // AWS: 0 is no limit.
  let free = (state.MaxConcurrency || Infinity) - branches.filter(isRunning).length;
  const started = branches.map((branch, i) => {
    if (!("item" in branch) || free-- <= 0) return branch;
    return entering(branchOf(state, i).StartAt, branch.item, frame.variables);
  });
  const outputs = started.flatMap((branch) => ("output" in branch ? [branch.output] : []));
  if (outputs.length < started.length) return { ...frame, waiting: { kind: "branches", branches: started } };
  try {
    return await left(machine, frame, outputs);
  } catch (error) {
    return await failed(machine, frame, failureOf(error), random);
  }
}

/** The state is done: to the next one, or out of the machine. */
async function left(machine: MachineDefinition, frame: Running, result: unknown): Promise<Standing> {
  const state = stateOf(machine, frame);
  const { input, variables } = frame;
  const states = { input, result };
  const assigned = (await evaluate(state.Assign ?? {}, states, variables)) as Variables;
  const output = state.Output === undefined ? (result ?? input) : await evaluate(state.Output, states, variables);
  if (state.Type === "Succeed" || state.End === true) return { output };
  if (state.Next === undefined) throw new Error(`state ${frame.state} neither ends nor goes on`);
  return entering(state.Next, output, { ...variables, ...assigned });
}

/** A state has failed, with all that was under way in it: it is retried, caught, or ends its machine. */
async function failed(
  machine: MachineDefinition,
  frame: Running,
  failure: { readonly error: string; readonly cause: string },
  random: () => number,
): Promise<Standing> {
  const state = stateOf(machine, frame);
  const at = (state.Retry ?? []).findIndex((one) => covers(one, failure.error));
  const retrier = state.Retry?.[at];
  const made = frame.retried[at] ?? 0;
  const ms = retrier && delayOf(retrier, made, random());
  if (ms !== undefined) {
    const retried = (state.Retry ?? []).map((_, i) => (frame.retried[i] ?? 0) + (i === at ? 1 : 0));
    return { ...frame, retried, waiting: { kind: "retry", ms } };
  }
  const catcher = state.Catch?.find((one) => covers(one, failure.error));
  if (!catcher) return failure;
  const { input, variables } = frame;
  const errorOutput = { Error: failure.error, Cause: failure.cause };
  const states = { input, errorOutput };
  try {
    const assigned = (await evaluate(catcher.Assign ?? {}, states, variables)) as Variables;
    const output = catcher.Output === undefined ? errorOutput : await evaluate(catcher.Output, states, variables);
    return entering(catcher.Next, output, { ...variables, ...assigned });
  } catch (error) {
    return failureOf(error);
  }
}
