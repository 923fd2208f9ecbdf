import { DescribeStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { limits } from "./clients";
import type { Environment } from "./environment";

/** Is this region's failover machine there, active and with a definition? */
export async function failoverMachineReady(env: Environment<"failover.look">): Promise<{ ready: boolean; detail: string }> {
  const command = new DescribeStateMachineCommand({ stateMachineArn: env.FAILOVER_STATE_MACHINE_ARN });
  const { status, definition } = await new SFNClient(limits(3_000, 2)).send(command);
  return { ready: status === "ACTIVE" && Boolean(definition), detail: `failover machine is ${status ?? "unknown"}` };
}
