/**
 * Pieces of Amazon States Language (JSONata) that the machines share. Outcomes are values that a Choice reads; an error only ever means
 * "try again", so every task has the same retrier, and one catcher that tells people and leaves the lease where it is.
 */
import { EVENT_SOURCE, type MachineEvent, type ToldMachine } from "../../../contract/events";
import { EVERYTHING, PARTS_AT_ONCE, type Expression, type Step, type StepPayloads, type Template } from "../../../contract/steps";
export type State = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, State>>;

/** Function ARNs, topic and bus by the names under which the definitions refer to them; filled in when the machine is made. */
export interface Bindings<T> {
  readonly leaseStep: T;
  readonly databaseStep: T;
  readonly reconciler: T;
  readonly validator: T;
  readonly readiness: T;
  /** Compares the two regions; a machine without it leaves the comparison out. */
  readonly parity?: T;
  readonly topicArn: T;
  readonly busName: T;
}

/** Backoff 1, 2, 4 … at most 10 s, with full jitter: two machines that retry together do not stay together. */
export const RETRY = [
  { ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 8, BackoffRate: 2, MaxDelaySeconds: 10, JitterStrategy: "FULL" },
];
/** What only observes is not worth the wait: two tries more, and the move goes on without its answer. */
const OBSERVER_RETRY = RETRY.map((retrier) => ({ ...retrier, MaxAttempts: 2 }));
/** A machine that moves the activity ends by itself after this, however often it has looked. */
export const MOVE_TIMEOUT_SECONDS = 3600;
export const FAILURE = "NotifyFailure";
/** What `Reconcile` begins with. */
export const RECONCILIATION = { left: [EVERYTHING], rounds: 0 };
const CATCH = [{ ErrorEquals: ["States.ALL"], Next: FAILURE, Output: "{% $states.errorOutput %}" }];

export const jsonata = (expression: string): Expression => `{% ${expression} %}`;

/** A function, and what it takes. */
type Call = { readonly [S in Step]: { readonly call: S; readonly payload: Template<StepPayloads[S]> } }[Step];

export type TaskShape = Call & {
  readonly timeoutSeconds: number;
  /** Variables to keep from the answer; `$states.result.Payload` is what the function returned. */
  readonly assign?: Readonly<Record<string, unknown>>;
  readonly next?: string;
  /** In a branch of a Parallel state errors are left to the Parallel's own catcher. */
  readonly inBranch?: boolean;
};

export function invoke<T>(to: Bindings<T>, { call, payload, timeoutSeconds, assign, next, inBranch }: TaskShape): State {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: to[call], Payload: payload },
    TimeoutSeconds: timeoutSeconds,
    Retry: RETRY,
    ...(inBranch ? {} : { Catch: CATCH }),
    ...(assign ? { Assign: assign } : {}),
    Output: jsonata("$states.result.Payload"),
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}

/**
 * A task that only observes. On AWS a branch that fails ends its siblings, so this one catches its own failures: it assigns `unseen` and goes on at
 * `otherwise`, and the move beside it never notices.
 */
export function observe<T>(to: Bindings<T>, shape: TaskShape, unseen: Readonly<Record<string, unknown>>, otherwise: string): State {
  return {
    ...invoke(to, shape),
    Retry: OBSERVER_RETRY,
    Catch: [{ ErrorEquals: ["States.ALL"], Assign: unseen, Next: otherwise }],
  };
}

/** A member that may be missing: JSONata's nothing is an error in an argument, null is not. */
export const optional = (path: string): Expression => jsonata(`$exists(${path}) ? ${path} : null`);

/** First state of a branch: a variable must be there before it is counted up. */
export const begin = (Assign: Readonly<Record<string, unknown>>, Next: string): State => ({ Type: "Pass", Assign, Next });

export const wait = (Seconds: number, Next: string): State => ({ Type: "Wait", Seconds, Next });

export const choose = (choices: readonly (readonly [condition: string, next: string])[], otherwise: string): State => ({
  Type: "Choice",
  Choices: choices.map(([condition, Next]) => ({ Condition: jsonata(condition), Next })),
  Default: otherwise,
});

/**
 * Tells people (SNS) and programs (the bus) how the move stands, then goes on. A notice that can't be sent must not stop a move: it is caught. Either
 * way the state's input goes on unchanged: both notices, and what comes after them, speak of the same thing.
 */
export function notify<T>(
  name: string,
  detailType: MachineEvent,
  summary: string,
  next: string,
  to: Pick<Bindings<T>, "topicArn" | "busName">,
): States {
  const event = `${name}Event`;
  const Output = jsonata("$states.input");
  const quietly = (Next: string) => ({ Retry: RETRY, TimeoutSeconds: 20, Output, Catch: [{ ErrorEquals: ["States.ALL"], Next, Output }] });
  return {
    [name]: {
      Type: "Task",
      Resource: "arn:aws:states:::sns:publish",
      Arguments: { TopicArn: to.topicArn, Subject: detailType, Message: jsonata(summary) },
      ...quietly(event),
      Next: event,
    },
    [event]: {
      Type: "Task",
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [{ EventBusName: to.busName, Source: EVENT_SOURCE, DetailType: detailType, Detail: { summary: jsonata(summary) } }],
      },
      ...quietly(next),
      Next: next,
    },
  };
}

/** Reconciles until done, then sends a synthetic trade until one is settled; ends at `next`, or at the failure notice. */
export function reconcileAndValidate<T>(to: Bindings<T>, next: string): States {
  return {
    // At first one run for everything. What it leaves of a long backlog is in parts, and goes on side by side: a run has one processor.
    Reconcile: {
      Type: "Map",
      Items: jsonata("$left"),
      MaxConcurrency: PARTS_AT_ONCE,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "ReconcilePart",
        States: {
          ReconcilePart: invoke(to, {
            call: "reconciler",
            payload: { action: "reconcile", epoch: jsonata("$epoch"), part: jsonata("$states.input") },
            timeoutSeconds: 70,
            inBranch: true,
          }),
        },
      },
      Catch: CATCH,
      Assign: { left: jsonata("[$states.result.left]"), rounds: jsonata("$rounds + 1") },
      Next: "Reconciled",
    },
    Reconciled: choose(
      [
        ["$count($left) = 0", "Validate"],
        ["$rounds < 60", "ReconcileAgain"],
      ],
      "Validate",
    ),
    ReconcileAgain: wait(2, "Reconcile"),
    Validate: invoke(to, {
      call: "validator",
      payload: { action: "syntheticTrade", epoch: jsonata("$epoch"), attempt: jsonata("$attempt") },
      timeoutSeconds: 70,
      assign: { validated: jsonata("$states.result.Payload.settled"), attempt: jsonata("$attempt + 1") },
      next: "Validated",
    }),
    Validated: choose(
      [
        ["$validated", next],
        ["$attempt < 10", "ValidateAgain"],
      ],
      FAILURE,
    ),
    ValidateAgain: wait(3, "Validate"),
  };
}

export function failure<T>(what: ToldMachine, to: Bindings<T>): States {
  return {
    ...notify(FAILURE, `${what} Failed`, `'${what} needs a person: ' & $string($states.input)`, "Failed", to),
    Failed: {
      Type: "Fail",
      Error: `${what}Failed`,
      Cause: "The lease stays where it is. Start the machine again: every step is re-entrant.",
    },
  };
}
