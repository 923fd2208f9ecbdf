import { activity } from "../../handlers/core/activity";
import { readiness, remembered, type Check } from "../../handlers/core/health";
import { acceptTrade, type IntakePorts } from "../../handlers/core/intake";
import { json } from "../../handlers/core/problem";
import { accountTrades, oneTrade, type QueryPorts } from "../../handlers/core/query";
import type { Clock, LeaseStore } from "../../handlers/ports";
import type { Answers } from "./request";

export interface AnswerParts extends IntakePorts, QueryPorts {
  readonly journal: IntakePorts["journal"] & QueryPorts["journal"];
  readonly clock: Clock;
  readonly lease: Pick<LeaseStore, "read">;
  readonly checks: readonly Check[];
  /** What is told as the version of the code. */
  readonly version: string;
  readonly isDraining: () => boolean;
}

/** Dozens of checkers and balancers ask; one look a second serves them all. */
const FRESH_MS = 1_000;

/** The API's functions on a server: the same cores as the Lambda functions have, without API Gateway's envelope. */
export function tradeAnswers(parts: AnswerParts): Answers {
  const { region, clock, lease, log, isDraining } = parts;
  const ready = remembered(FRESH_MS, clock, () => readiness(region, parts.checks));
  const active = remembered(FRESH_MS, clock, () => activity(region, lease, log));
  return {
    "trade-intake": ({ caller, headers, body }) =>
      acceptTrade({ caller, contentType: headers["content-type"], idempotencyKey: headers["idempotency-key"], body }, parts),
    "trade-query": ({ caller, parameters, query }) =>
      parameters.tradeId === undefined ? accountTrades(caller, query, parts) : oneTrade(caller, parameters.tradeId, parts),
    health: async ({ route }) => {
      // Route 53 asks about the region: one server that is being stopped says nothing about it.
      if (route === "/health/ready") return ready();
      return json(isDraining() ? 503 : 200, { status: isDraining() ? "draining" : "ok", region, version: parts.version });
    },
    control: () => active(),
  };
}
