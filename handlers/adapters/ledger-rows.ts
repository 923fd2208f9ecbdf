import type { Outcome, Settlement } from "../core/model";
import type { Row } from "./sql";

/** A row of `OUTCOMES`, whatever the engine. */
export function settlementOf([tradeId, outcome, reason]: Row): Settlement {
  return {
    tradeId: String(tradeId),
    outcome: outcome as Outcome,
    ...(reason === null || reason === undefined ? {} : { reason: String(reason) }),
  };
}
