/**
 * Runs the registered state machines from one function call to the next. Between two calls a machine is plain data. Counters of looks, rounds and
 * attempts stand still, so a loop turns as long as it has to; branches call one after the other: only one of them calls what others can see.
 */
import type { MachineDefinition } from "../../emulation/states-language/definition";
import {
  answered,
  asks,
  begun,
  isRunning,
  type Answer,
  type Ask,
  type Running,
  type Standing as Reached,
} from "../../emulation/states-language/execution";
import type { Invocation } from "./invocations";

/** Where a machine stands: before a call, or at its end. */
export type Standing = { readonly call: Invocation; readonly state: string; readonly at: Running } | { readonly end: "Succeed" | "Fail" };

const COUNTERS = ["looks", "rounds", "attempt", "trafficLooks"];

/** Functions whose answers depend on nothing that the model holds: traffic has moved, the synthetic trade was settled. */
const VALIDATOR = { confirmed: true, settled: true };

/** The invocation that a task asks for; undefined for notices, which are told and forgotten. */
function invocationOf({ frame: { waiting } }: Ask): Invocation | undefined {
  if (waiting.kind !== "task" || !waiting.resource.endsWith("lambda:invoke")) return undefined;
  const { FunctionName: fn, Payload: payload } = waiting.input as { FunctionName: Invocation["fn"]; Payload: Invocation["payload"] };
  return { fn, payload };
}

/** The same place with its counters at 0, in its branches too. */
function still(at: Running): Running {
  const variables = Object.fromEntries(Object.entries(at.variables).map(([name, value]) => [name, COUNTERS.includes(name) ? 0 : value]));
  const { waiting } = at;
  if (waiting.kind !== "branches") return { ...at, variables };
  const branches = waiting.branches.map((branch) => (isRunning(branch) ? still(branch) : branch));
  return { ...at, variables, waiting: { kind: "branches", branches } };
}

export class Machine {
  private readonly definition: MachineDefinition;

  constructor(definition: object) {
    this.definition = definition as MachineDefinition;
  }

  start(input: unknown): Promise<Standing> {
    return this.upToACall(begun(this.definition, input));
  }

  /** The call at `at` came back with `result`. */
  async returned(at: Running, result: unknown): Promise<Standing> {
    return this.upToACall(await this.answer(at, this.callAt(at), { result: { Payload: result } }));
  }

  /** The call failed more often than it is retried: a catcher takes over, or the machine ends. */
  async gaveUp(at: Running): Promise<Standing> {
    const { path, frame } = this.callAt(at);
    let reached: Reached = at;
    for (;;) {
      const [again] = asks(reached).filter((ask) => ask.path.join() === path.join() && ask.frame.state === frame.state);
      if (!again) return this.upToACall(reached);
      const failure = { error: "Lambda.Unknown", cause: "gave up" };
      reached = await this.answer(reached, again, again.frame.waiting.kind === "task" ? failure : "over");
    }
  }

  private answer(reached: Reached, ask: Ask, answer: Answer): Promise<Reached> {
    return answered(this.definition, reached, ask, answer, () => 0);
  }

  private callAt(at: Running): Ask {
    const call = asks(at).find(invocationOf);
    if (!call) throw new Error("the machine waits for no call");
    return call;
  }

  /** Time passes, notices are sent and the validator is content, until only calls are left. */
  private async upToACall(from: Reached): Promise<Standing> {
    let reached = from;
    for (;;) {
      if (!isRunning(reached)) return { end: "error" in reached ? "Fail" : "Succeed" };
      const waiting = asks(reached);
      const idle = waiting.find((ask) => !isCall(ask));
      if (!idle) break;
      reached = await this.answer(reached, idle, idle.frame.waiting.kind === "task" ? answerOf(idle) : "over");
    }
    const at = still(reached);
    const ask = this.callAt(at);
    return { call: invocationOf(ask) as Invocation, state: ask.frame.state, at };
  }
}

const isCall = (ask: Ask): boolean => ![undefined, "validator"].includes(invocationOf(ask)?.fn);
const answerOf = (ask: Ask): Answer => ({ result: invocationOf(ask) ? { Payload: VALIDATOR } : {} });
