import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Orchestrator } from "../ports";
import { isAwsError, limits } from "./clients";

/** An execution that failed leaves its name taken for 90 days; this many starts of one epoch's failover are possible. */
const STARTS = 20;

/**
 * Starts this region's failover machine. The name carries the epoch, so whoever starts it again while it runs, starts nothing; if it has ended and
 * the lease still stands where it stood, the next name in the row is used. Also after a success: it was of a stack that had this name before, or of
 * a machine that found nothing to do. A failover that did take the lease is found by the first step of the next; all others bear repetition.
 */
export function orchestrator(stateMachineArn: string, failbackMachineArn: string): Orchestrator {
  const client = new SFNClient(limits(3_000, 2));
  const isRunning = async (name: string): Promise<boolean> => {
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    try {
      return (await client.send(new DescribeExecutionCommand({ executionArn }))).status === "RUNNING";
    } catch (error) {
      // Its name outlives an execution.
      if (isAwsError(error, "ExecutionDoesNotExist")) return false;
      throw error;
    }
  };
  return {
    startFailover: async (expectedEpoch, reason, trigger) => {
      for (let start = 1; start <= STARTS; start++) {
        const name = `failover-${expectedEpoch + 1}${start === 1 ? "" : `-${start}`}`;
        try {
          // The input must be the same for the same name, or a second start would be an error and not an answer: so no reason in it.
          await client.send(
            new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ expectedEpoch, reason: "lease lapsed", trigger }) }),
          );
          return "started";
        } catch (error) {
          if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
        }
        if (await isRunning(name)) return "exists";
      }
      throw new Error(`failover to epoch ${expectedEpoch + 1} failed ${STARTS} times (${reason}); a person must look at it`);
    },

    isMoving: async () => {
      const running = await Promise.all(
        [stateMachineArn, failbackMachineArn].map((arn) =>
          client.send(new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: "RUNNING", maxResults: 1 })),
        ),
      );
      return running.some(({ executions }) => (executions ?? []).length > 0);
    },
  };
}
