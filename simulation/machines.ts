import { failoverDefinition } from "../components/site/orchestration/failover";
import { readinessDefinition } from "../components/site/orchestration/readiness";
import type { Bindings } from "../components/site/orchestration/steps";
import { switchoverDefinition } from "../components/site/orchestration/switchover";

/** The definitions call functions by their names, where the stack has their ARNs. */
const BY_NAME: Bindings<string> = {
  leaseStep: "lease-step",
  databaseStep: "database-step",
  reconciler: "reconciler",
  validator: "validator",
  readiness: "readiness",
  topicArn: "topic",
  busName: "bus",
};

/** The state machines that the program registers, for whoever runs them beside a stack. @param budgetSeconds `rto.budgetSeconds` */
export const machines = (budgetSeconds: number) =>
  ({
    failover: failoverDefinition(BY_NAME, budgetSeconds),
    switchover: switchoverDefinition(BY_NAME),
    readiness: readinessDefinition(BY_NAME),
  }) as const;
