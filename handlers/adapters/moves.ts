import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { Moves } from "../ports";
import { limits } from "./clients";
import type { Environment } from "./environment";
import { anyRunning, startOnce } from "./orchestrator";

/** Newest executions of a machine that are looked through for those of an epoch. */
const LATEST = 100;

/** Both machines of this region, started by the same names as by an operator's command and by the sentinel: whoever comes first, it is one execution. */
export function moves(env: Environment<"moves.start">): Moves {
  const client = new SFNClient(limits(3_000, 2));
  const machines = { failover: env.FAILOVER_STATE_MACHINE_ARN, switchover: env.SWITCHOVER_STATE_MACHINE_ARN };
  const arns = Object.values(machines);
  return {
    start: (kind, expectedEpoch, reason) =>
      startOnce(client, {
        stateMachineArn: machines[kind],
        name: `${kind}-${expectedEpoch + 1}`,
        input: { expectedEpoch, reason, trigger: "operator" },
        reason,
      }),

    standing: async (epoch) => {
      if (await anyRunning(client, arns)) return "running";
      const lists = await Promise.all(
        arns.map((arn) => client.send(new ListExecutionsCommand({ stateMachineArn: arn, maxResults: LATEST }))),
      );
      const ofTheEpoch = new RegExp(`^(failover|switchover)-${epoch}(-\\d+)?$`);
      const [latest] = lists
        .flatMap(({ executions }) => executions ?? [])
        .filter(({ name }) => ofTheEpoch.test(name ?? ""))
        .sort((a, b) => Number(b.startDate) - Number(a.startDate));
      if (latest === undefined) return "none";
      if (latest.status === "RUNNING") return "running";
      return latest.status === "SUCCEEDED" ? "succeeded" : "failed";
    },
  };
}
