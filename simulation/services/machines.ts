import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";
import { execute, StateError, type MachineShape, type Surface } from "./asl";
import type { Functions } from "./functions";

export interface Execution {
  readonly machine: string;
  readonly name: string;
  readonly input: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED" | "TIMED_OUT";
  error: string;
  state: string;
}

/** Thrown inside an execution that somebody has stopped. */
const STOPPED = new Error("stopped");

/** A region's state machines. What an execution has reached is stored: it stands still with its region, and goes on with it. */
export class Machines {
  readonly executions = new Map<string, Execution>();
  /** Asked at each state: true ends the execution there. A fault. */
  interrupt: ((execution: Execution) => boolean) | undefined;
  onEnded: (execution: Execution) => void = () => undefined;
  private made = 0;

  constructor(
    private readonly region: Region,
    private readonly definitions: Readonly<Record<string, MachineShape>>,
    private readonly functions: Functions,
    private readonly kernel: Kernel,
    /** Messages to people and programs: topic or bus, and what was said. */
    private readonly notified: (resource: string, input: unknown) => void,
  ) {}

  serve(operation: string, input: { stateMachineArn?: string; executionArn?: string; name?: string; input?: string }): unknown {
    if (operation === "DescribeStateMachine") return { status: "ACTIVE", definition: "{}" };
    if (operation === "ListExecutions") {
      const machine = (input.stateMachineArn ?? "").split(":").at(-1);
      return { executions: this.running(machine).map(({ name }) => ({ name })) };
    }
    if (operation === "DescribeExecution") {
      const [machine, name] = (input.executionArn ?? "").split(":").slice(-2);
      const found = this.executions.get(`${machine}:${name}`);
      if (!found) throw new ServiceError("ExecutionDoesNotExist", String(input.executionArn));
      return { status: found.status };
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

  running(machine?: string): Execution[] {
    return [...this.executions.values()].filter((one) => one.status === "RUNNING" && (machine === undefined || one.machine === machine));
  }

  start(machine: string, name: string, input: string): void {
    const definition = this.definitions[machine];
    if (!definition) throw new Error(`there is no state machine ${machine}`);
    const execution: Execution = { machine, name, input, status: "RUNNING", error: "", state: "" };
    this.executions.set(`${machine}:${name}`, execution);
    const { kernel, region } = this;
    const who = `${region.name}/${name}`;
    const { trigger, expectedEpoch } = JSON.parse(input) as { trigger?: string; expectedEpoch?: number };
    kernel.observer.started(machine, region.name, trigger ?? "schedule", expectedEpoch);
    kernel.trace(who, "started", `${machine} ${input}`);
    const end = (status: Execution["status"], error = ""): void => {
      if (execution.status !== "RUNNING") return;
      execution.status = status;
      execution.error = error;
      kernel.trace(who, status, error);
      kernel.observer.ended(machine, region.name, status);
      this.onEnded(execution);
    };
    kernel.after((definition.TimeoutSeconds ?? 3600) * 1000, () => (execution.status === "RUNNING" ? end("TIMED_OUT") : "idle"));
    execute(definition, JSON.parse(input), {}, this.surface(execution, who)).then(
      () => end("SUCCEEDED"),
      (error: unknown) => {
        if (error === STOPPED) end("ABORTED", `in ${execution.state}`);
        else if (error instanceof StateError) end("FAILED", error.message);
        else throw error;
      },
    );
  }

  private surface(execution: Execution, who: string): Surface {
    const { kernel, region } = this;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => kernel.after(ms, () => region.whenBack(resolve)));
    return {
      random: () => kernel.random.next(),
      wait: pause,
      enter: async (state) => {
        await pause(kernel.random.between(5, 40));
        execution.state = state;
        kernel.trace(who, "enters", state);
        if (execution.status !== "RUNNING" || this.interrupt?.(execution)) throw STOPPED;
      },
      task: (resource, input, timeoutSeconds) =>
        new Promise((resolve, reject) => {
          const settle = (run: () => void): void => region.whenBack(run);
          kernel.after(timeoutSeconds * 1000, () => settle(() => reject(new StateError("States.Timeout", ""))));
          if (resource !== "arn:aws:states:::lambda:invoke") {
            kernel.after(kernel.random.between(5, 30), () =>
              settle(() => {
                this.notified(resource, input);
                resolve({});
              }),
            );
            return;
          }
          const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
          this.functions.invoke(FunctionName, Payload, (error, result) =>
            settle(() => {
              if (error) reject(new StateError(error.name, error.message));
              else resolve({ Payload: result });
            }),
          );
        }),
    };
  }
}
