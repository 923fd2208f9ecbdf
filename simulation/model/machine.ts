/**
 * Interprets the registered Amazon States Language definitions from one function call to the next. Between two calls a machine is its state's
 * name and its variables, plain data. Counters of looks, rounds and attempts stand still, so a loop turns as long as it has to.
 */
import jsonata from "jsonata";
import type { Invocation } from "./invocations";

type Definition = Readonly<Record<string, unknown>>;
interface AslState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: { readonly FunctionName?: string; readonly Payload?: Readonly<Record<string, unknown>> };
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Definition[];
}

export interface MachineState {
  readonly state: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Set while in a branch of a Parallel state. Branches run one after the other: only one of them calls what others can see. */
  readonly within?: {
    readonly parallel: string;
    readonly branch: number;
    readonly outputs: readonly unknown[];
    /** What the Parallel state itself had: a branch's assignments end with it. */
    readonly input: unknown;
    readonly variables: Readonly<Record<string, unknown>>;
  };
}
/** Where a machine stands: before a call, or at its end. */
export type Standing = { readonly call: Invocation; readonly at: MachineState } | { readonly end: "Succeed" | "Fail" };

const COUNTERS = ["looks", "rounds", "attempt", "trafficLooks"];
const COMPILED = new Map<string, ReturnType<typeof jsonata>>();

async function evaluate(template: unknown, states: object, variables: object): Promise<unknown> {
  if (typeof template === "string" && template.startsWith("{%")) {
    let expression = COMPILED.get(template);
    if (!expression) COMPILED.set(template, (expression = jsonata(template.slice(2, -2))));
    return (await expression.evaluate({}, { states, ...variables })) as unknown;
  }
  if (Array.isArray(template)) return Promise.all(template.map((item) => evaluate(item, states, variables)));
  if (typeof template !== "object" || template === null) return template;
  const members = await Promise.all(Object.entries(template).map(async ([key, value]) => [key, await evaluate(value, states, variables)]));
  return Object.fromEntries(members as [string, unknown][]);
}

/** Functions whose answers depend on nothing that the model holds: traffic has moved, the synthetic trade was settled. */
const VALIDATOR = { confirmed: true, settled: true };

export class Machine {
  constructor(private readonly definition: Definition) {}

  start(input: unknown): Promise<Standing> {
    return this.enter({ state: this.definition.StartAt as string, input, variables: {} });
  }

  /** The call at `at` came back with `result`. */
  async returned(at: MachineState, result: unknown): Promise<Standing> {
    return this.after(at, await this.assigned(at, result), result);
  }

  /** The call failed more often than it is retried: the catcher takes over, in a branch that of the Parallel state. */
  gaveUp(at: MachineState): Promise<Standing> {
    const catching = at.within ? (this.states(undefined)[at.within.parallel] as AslState) : this.stateAt(at);
    return this.enter({
      state: catching.Catch?.[0]?.Next as string,
      input: { Error: "gave up" },
      variables: at.within?.variables ?? at.variables,
    });
  }

  private states(within: MachineState["within"]): Record<string, AslState> {
    const top = this.definition.States as Record<string, AslState>;
    return within ? (top[within.parallel]?.Branches?.[within.branch]?.States as Record<string, AslState>) : top;
  }

  private stateAt({ state, within }: MachineState): AslState {
    const found = this.states(within)[state];
    if (!found) throw new Error(`the definition has no state ${state}`);
    return found;
  }

  private async assigned(at: MachineState, result: unknown): Promise<Readonly<Record<string, unknown>>> {
    const states = { input: at.input, result: { Payload: result } };
    const assigned = (await evaluate(this.stateAt(at).Assign ?? {}, states, at.variables)) as Record<string, unknown>;
    for (const counter of COUNTERS) if (counter in assigned) assigned[counter] = 0;
    return { ...at.variables, ...assigned };
  }

  private async enter(at: MachineState): Promise<Standing> {
    const state = this.stateAt(at);
    switch (state.Type) {
      case "Task": {
        const fn = state.Arguments?.FunctionName;
        // Notices: told and forgotten.
        if (!state.Resource?.endsWith("lambda:invoke")) return this.after(at, at.variables, at.input);
        if (fn === "validator") return this.returned(at, VALIDATOR);
        const payload = (await evaluate(state.Arguments?.Payload, { input: at.input }, at.variables)) as Invocation["payload"];
        return { call: { fn: fn as Invocation["fn"], payload }, at };
      }
      case "Choice": {
        for (const { Condition, Next } of state.Choices ?? [])
          if ((await evaluate(Condition, { input: at.input }, at.variables)) === true) return this.enter({ ...at, state: Next });
        return this.enter({ ...at, state: state.Default as string });
      }
      case "Wait":
        return this.enter({ ...at, state: state.Next as string });
      case "Pass": {
        const output = state.Output === undefined ? at.input : await evaluate(state.Output, { input: at.input }, at.variables);
        return this.after(at, await this.assigned(at, undefined), output);
      }
      case "Parallel":
        return this.branch(at, 0, []);
      case "Succeed":
      case "Fail":
        return { end: state.Type };
      default:
        throw new Error(`the model knows no state of type ${state.Type}`);
    }
  }

  private branch(at: MachineState, branch: number, outputs: readonly unknown[]): Promise<Standing> {
    const { state: parallel, input, variables } = at;
    const StartAt = this.states(undefined)[parallel]?.Branches?.[branch]?.StartAt as string;
    return this.enter({ state: StartAt, input, variables, within: { parallel, branch, outputs, input, variables } });
  }

  private async after(at: MachineState, variables: MachineState["variables"], output: unknown): Promise<Standing> {
    const { Next, End } = this.stateAt(at);
    if (Next !== undefined) return this.enter({ ...at, state: Next, input: output, variables });
    if (!End || !at.within) throw new Error(`state ${at.state} neither ends nor goes on`);
    const { parallel, branch, outputs, input, variables: outer } = at.within;
    const all = [...outputs, output];
    const state = this.states(undefined)[parallel] as AslState;
    if (branch + 1 < (state.Branches?.length ?? 0)) return this.branch({ state: parallel, input, variables: outer }, branch + 1, all);
    return this.enter({ state: state.Next as string, input: all, variables: outer });
  }
}
