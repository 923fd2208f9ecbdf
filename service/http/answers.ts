import { SESSION_HEADER } from "../../contract/routes";
import { activity } from "../../handlers/core/activity";
import { readiness, remembered, type Check } from "../../handlers/core/health";
import { acceptTrade, type IntakePorts } from "../../handlers/core/intake";
import { json } from "../../handlers/core/problem";
import { accountTrades, oneTrade, type QueryPorts } from "../../handlers/core/query";
import { openSession, type OpeningPorts } from "../../handlers/core/session";
import type { Clock, LeaseStore } from "../../handlers/ports";
import type { Answers } from "./request";

export interface AnswerParts extends Omit<IntakePorts, "sessions">, QueryPorts, Omit<OpeningPorts, "sessions"> {
  readonly journal: IntakePorts["journal"] & QueryPorts["journal"];
  /** Undefined: a trade needs no session, and none can be opened. */
  readonly sessions: (OpeningPorts["sessions"] & NonNullable<IntakePorts["sessions"]>) | undefined;
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
  const { region, clock, lease, log, sessions, isDraining } = parts;
  const ready = remembered(FRESH_MS, clock, () => readiness(region, parts.checks));
  const active = remembered(FRESH_MS, clock, () => activity(region, lease, log));
  return {
    "trade-intake": ({ caller, headers, body }) =>
      acceptTrade(
        {
          caller,
          contentType: headers["content-type"],
          idempotencyKey: headers["idempotency-key"],
          session: headers[SESSION_HEADER],
          body,
        },
        parts,
      ),
    ...(sessions ? { "session-opening": ({ caller }) => openSession(caller, { ...parts, sessions }) } : {}),
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
