import { RDSDataClient } from "@aws-sdk/client-rds-data";
import type { Ledger } from "../ports";
import { isAwsError, limits } from "./clients";
import { dataApi } from "./data-api";
import type { Environment } from "./environment";
import { ledgerEngine } from "./ledger-engine";

const targetOf = (env: Environment<"ledger">) => ({
  resourceArn: env.LEDGER_CLUSTER_ARN,
  secretArn: env.LEDGER_SECRET_ARN,
  database: env.LEDGER_DATABASE,
});

/**
 * Asks whether the function may ask its ledger, and rejects if it may not. A secondary cluster has no writer and answers no statement by the Data API, be it a read; but
 * who may not ask is told so first.
 */
export function ledgerPermission(env: Environment<"ledger">, requestTimeoutMs: number): () => Promise<void> {
  const { statement } = dataApi(new RDSDataClient(limits(requestTimeoutMs, 1)), targetOf(env));
  return async () => {
    try {
      await statement("SELECT 1");
    } catch (error) {
      if (isAwsError(error, "AccessDeniedException", "ForbiddenException")) throw error;
    }
  };
}

/** This region's ledger, as the function's environment names it. One try: what fails comes back by redelivery or by the next pass. */
export function ownLedger(env: Environment<"ledger">, requestTimeoutMs = 5_000): Ledger {
  return ledgerEngine(env.LEDGER_ENGINE).ledger(dataApi(new RDSDataClient(limits(requestTimeoutMs, 1)), targetOf(env)), env.AWS_REGION);
}
