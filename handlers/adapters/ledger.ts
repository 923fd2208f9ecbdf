import { RDSDataClient } from "@aws-sdk/client-rds-data";
import type { Ledger } from "../ports";
import { limits } from "./clients";
import { dataApi } from "./data-api";
import type { Environment } from "./environment";
import { ledgerEngine } from "./ledger-engine";

/** This region's ledger, as the function's environment names it. One try: what fails comes back by redelivery or by the next pass. */
export function ownLedger(env: Environment<"ledger">, requestTimeoutMs = 5_000): Ledger {
  const target = { resourceArn: env.LEDGER_CLUSTER_ARN, secretArn: env.LEDGER_SECRET_ARN, database: env.LEDGER_DATABASE };
  return ledgerEngine(env.LEDGER_ENGINE).ledger(dataApi(new RDSDataClient(limits(requestTimeoutMs, 1)), target), env.AWS_REGION);
}
