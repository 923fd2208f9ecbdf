import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";
import { answered, asks, begun, isRunning, type Answer, type Ask, type Standing } from "../../emulation/states-language/execution";
import type { MachineDefinition } from "../../emulation/states-language/definition";
import type { Functions } from "./functions";

export interface Execution {
  readonly machine: string;
  readonly name: string;
  readonly input: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED" | "TIMED_OUT";
  readonly startedAt: number;
  endedAt: number;
  error: string;
  state: string;
}

/** A region's state machines. What an execution has reached is stored: it stands still with its region, and goes on with it. */
export class Machines {
  readonly executions = new Map<string, Execution>();
  /** Asked at each state: true ends the execution there. A fault. */
  interrupt: ((execution: Execution) => boolean) | undefined;
  /** Told of each state that an execution enters: "machine:State". */
  onEntered: (step: string) => void = () => undefined;
  onEnded: (execution: Execution) => void = () => undefined;
  private made = 0;

  constructor(
    private readonly region: Region,
    private readonly definitions: Readonly<Record<string, MachineDefinition>>,
    private readonly functions: Functions,
    private readonly kernel: Kernel,
    /** Messages to people and programs: topic or bus, and what was said. */
    private readonly notified: (resource: string, input: unknown) => void,
  ) {}

  serve(operation: string, input: { stateMachineArn?: string; executionArn?: string; name?: string; input?: string }): unknown {
    if (operation === "DescribeStateMachine") return { status: "ACTIVE", definition: "{}" };
    if (operation === "ListExecutions") {
      const machine = (input.stateMachineArn ?? "").split(":").at(-1);
      const seenAt = this.seenAt();
      const then = [...this.executions.values()].filter(
        (one) => one.machine === machine && one.startedAt <= seenAt && one.endedAt > seenAt,
      );
      return { executions: then.map(({ name }) => ({ name })) };
    }
    if (operation === "DescribeExecution") {
      const [machine, name] = (input.executionArn ?? "").split(":").slice(-2);
      const found = this.executions.get(`${machine}:${name}`);
      const seenAt = this.seenAt();
      if (!found || found.startedAt > seenAt) throw new ServiceError("ExecutionDoesNotExist", String(input.executionArn));
      return { status: found.endedAt > seenAt ? "RUNNING" : found.status };
    }
    if (operation !== "StartExecution") throw new ServiceError("InvalidAction", operation);
    const machine = (input.stateMachineArn ?? "").split(":").at(-1) ?? "";
    const name = input.name ?? `run-${++this.made}`;
    const before = this.executions.get(`${machine}:${name}`);
    if (before) {
      // The same name with the same input, while it runs, is the same execution.
      if (before.status === "RUNNING" && before.input === (input.input ?? "{}")) return {};
      throw new ServiceError("ExecutionAlreadyExists", name);
    }
    this.start(machine, name, input.input ?? "{}");
    return {};
  }

  /** Both are eventually consistent. */
  private seenAt(): number {
    const { kernel } = this;
    return kernel.habit("executions-behind", 1) ? kernel.now - kernel.random.between(0, 20_000) : kernel.now;
  }

  running(machine?: string): Execution[] {
    return [...this.executions.values()].filter((one) => one.status === "RUNNING" && (machine === undefined || one.machine === machine));
  }

  start(machine: string, name: string, input: string): void {
    const definition = this.definitions[machine];
    if (!definition) throw new Error(`there is no state machine ${machine}`);
    const { now } = this.kernel;
    const execution: Execution = { machine, name, input, status: "RUNNING", startedAt: now, endedAt: Infinity, error: "", state: "" };
    this.executions.set(`${machine}:${name}`, execution);
    const { kernel, region } = this;
    const who = `${region.name}/${name}`;
    const { trigger, expectedEpoch } = JSON.parse(input) as { trigger?: string; expectedEpoch?: number };
    kernel.observer.started(machine, region.name, trigger ?? "schedule", expectedEpoch);
    kernel.trace(who, "started", `${machine} ${input}`);
    const end = (status: Execution["status"], error = ""): void => {
      if (execution.status !== "RUNNING") return;
      execution.status = status;
      execution.endedAt = kernel.now;
      execution.error = error;
      kernel.trace(who, status, error);
      kernel.observer.ended(machine, region.name, status);
      this.onEnded(execution);
    };
    kernel.after((definition.TimeoutSeconds ?? 3600) * 1000, () => (execution.status === "RUNNING" ? end("TIMED_OUT") : "idle"));
    this.drive(definition, begun(definition, JSON.parse(input)), execution, who, end);
  }

  /** Executes a definition in virtual time. What a stopped branch waited for comes back to nobody. */
  private drive(
    definition: MachineDefinition,
    first: Standing,
    execution: Execution,
    who: string,
    end: (status: Execution["status"], error?: string) => void,
  ): void {
    const { kernel, region } = this;
    let standing = first;
    const issued = new Set<object>();
    // One answer after the other: evaluating an expression takes promises, and two branches may be answered in one event.
    let turn = Promise.resolve();
    const answer = (ask: Ask, value: Answer): void => {
      turn = turn.then(async () => {
        if (execution.status !== "RUNNING") return;
        standing = await answered(definition, standing, ask, value, () => kernel.random.next());
        goOn();
      });
    };
    const issue = (ask: Ask): void => {
      const { waiting, state } = ask.frame;
      const later = (ms: number, run: () => void): void => kernel.after(ms, () => region.whenBack(run));
      if (waiting.kind === "task") return this.task(waiting, (value) => answer(ask, value));
      if (waiting.kind !== "enter") return later(waiting.ms, () => answer(ask, "over"));
      later(kernel.random.between(5, 40), () => {
        if (execution.status !== "RUNNING") return;
        execution.state = state;
        this.onEntered(`${execution.machine}:${state}`);
        kernel.trace(who, "enters", state);
        if (this.interrupt?.(execution)) end("ABORTED", `in ${state}`);
        else answer(ask, "over");
      });
    };
    const goOn = (): void => {
      if (!isRunning(standing)) return "error" in standing ? end("FAILED", `${standing.error}: ${standing.cause}`) : end("SUCCEEDED");
      for (const ask of asks(standing)) {
        if (issued.has(ask.frame)) continue;
        issued.add(ask.frame);
        issue(ask);
      }
    };
    goOn();
  }

  /** `done` may be called twice: a task that has timed out may end nevertheless. The second is no answer to anything. */
  private task(
    {
      resource,
      input,
      timeoutSeconds,
    }: { readonly resource: string; readonly input: unknown; readonly timeoutSeconds: number | undefined },
    done: (answer: Answer) => void,
  ): void {
    const { kernel, region } = this;
    const settle = (answer: Answer): void => region.whenBack(() => done(answer));
    if (timeoutSeconds !== undefined) kernel.after(timeoutSeconds * 1000, () => settle({ error: "States.Timeout", cause: "" }));
    if (resource !== "arn:aws:states:::lambda:invoke") {
      kernel.after(kernel.random.between(5, 30), () => {
        this.notified(resource, input);
        settle({ result: {} });
      });
      return;
    }
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
    this.functions.invoke(FunctionName, Payload, (error, result) =>
      settle(error ? { error: error.name, cause: error.message } : { result: { Payload: result } }),
    );
  }
}
