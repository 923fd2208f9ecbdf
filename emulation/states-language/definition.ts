/** Amazon States Language (JSONata), as far as the program's machines use it. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: unknown;
}

export interface StateDefinition {
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
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string; readonly Assign?: unknown }[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Branches?: readonly MachineDefinition[];
  readonly Items?: unknown;
  readonly MaxConcurrency?: number;
  readonly ItemProcessor?: MachineDefinition;
  readonly Error?: string;
  readonly Cause?: string;
}

export interface MachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
  readonly TimeoutSeconds?: number;
}
