import { DescribeStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { limits } from "./clients";

/** Is this state machine there, active and with a definition? */
export async function stateMachineReady(stateMachineArn: string): Promise<{ ready: boolean; detail: string }> {
  const { status, definition } = await new SFNClient(limits(3_000, 2)).send(new DescribeStateMachineCommand({ stateMachineArn }));
  return { ready: status === "ACTIVE" && Boolean(definition), detail: `failover machine is ${status ?? "unknown"}` };
}
