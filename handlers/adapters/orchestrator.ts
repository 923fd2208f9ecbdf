import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Orchestrator } from "../ports";
import { isAwsError, limits } from "./clients";
import type { Environment } from "./environment";

/** An execution that failed leaves its name taken for 90 days: so many names of one epoch's move are tried in a row. */
const NAMES = 5;
const MINUTE_MS = 60_000;

export interface Start {
  readonly stateMachineArn: string;
  /** Carries the epoch that the move is to end at. */
  readonly name: string;
  /** Must be the same for the same name, or a second start would be an error and not an answer. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Why, for who reads that it could not be started. */
  readonly reason: string;
}

/**
 * Starts a machine. The name carries the epoch, so whoever starts it again while it runs, starts nothing; if it has ended and the lease still stands
 * where it stood, the next name in the row is used. Also after a success: it was of a stack that had this name before, or of a machine that found
 * nothing to do. A move that did take the lease is found by the first step of the next; all others bear repetition.
 */
export async function startOnce(client: SFNClient, { stateMachineArn, name, input, reason }: Start): Promise<"started" | "exists"> {
  for (const tried of namesOf(name)) {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name: tried, input: JSON.stringify(input) }));
      return "started";
    } catch (error) {
      if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
    }
    if ((await statusOf(client, stateMachineArn, tried)) === "RUNNING") return "exists";
  }
  throw new Error(`${name} has failed ${NAMES} times and within this minute (${reason}); it is started again in the next`);
}

/** A move that nothing has let through so far may be started once a minute, by whoever asks, for as long as it takes. */
const namesOf = (name: string): string[] => [
  ...Array.from({ length: NAMES }, (_, n) => (n === 0 ? name : `${name}-${n + 1}`)),
  `${name}-${Math.floor(Date.now() / MINUTE_MS)}`,
];

/** Undefined: its name outlives an execution, or it has just begun and is not seen yet. */
async function statusOf(client: SFNClient, stateMachineArn: string, name: string): Promise<string | undefined> {
  const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  try {
    return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (isAwsError(error, "ExecutionDoesNotExist")) return undefined;
    throw error;
  }
}

/** Does an execution of one of these machines run? Eventually consistent. */
export async function anyRunning(client: SFNClient, stateMachineArns: readonly string[]): Promise<boolean> {
  const running = await Promise.all(
    stateMachineArns.map((arn) => client.send(new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: "RUNNING", maxResults: 1 }))),
  );
  return running.some(({ executions }) => (executions ?? []).length > 0);
}

/** Starts this region's machines, for those who watch. */
export function orchestrator(env: Environment<"moves.start">): Orchestrator {
  const stateMachineArn = env.FAILOVER_STATE_MACHINE_ARN;
  const client = new SFNClient(limits(3_000, 2));
  return {
    startFailover: (expectedEpoch, reason, trigger, renewals) =>
      startOnce(client, {
        stateMachineArn,
        name: `failover-${expectedEpoch + 1}`,
        input: { expectedEpoch, reason: "lease lapsed", trigger, ...(renewals === undefined ? {} : { renewals }) },
        reason,
      }),
    startSwitchover: async (expectedEpoch) => {
      const machine = env.SWITCHOVER_STATE_MACHINE_ARN;
      const name = `switchover-${expectedEpoch + 1}`;
      const input = JSON.stringify({
        expectedEpoch,
        reason: "the lease was handed over, and the ledger has not followed",
        trigger: "sentinel",
      });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn: machine, name, input }));
        return "started";
      } catch (error) {
        if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
      }
      const status = await statusOf(client, machine, name);
      return status === undefined || status === "RUNNING" ? "running" : "ended";
    },
    isMoving: () => anyRunning(client, [stateMachineArn, env.SWITCHOVER_STATE_MACHINE_ARN]),
  };
}
