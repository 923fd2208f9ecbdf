import { RDSDataClient } from "@aws-sdk/client-rds-data";
import { limits } from "./clients";
import { inTransaction } from "./data-api";
import type { Environment } from "./environment";
import { ledgerEngine } from "./ledger-engine";

/** The newest version of the ledger's schema that this code brings. */
export const codeSchemaVersion = ({ LEDGER_ENGINE }: Pick<Environment<"ledger">, "LEDGER_ENGINE">): number =>
  Math.max(...ledgerEngine(LEDGER_ENGINE).migrations.map(({ version }) => version));

/** The newest version that was applied to this region's ledger; undefined when none was. Rejects where the cluster is no writer. */
export async function ownSchemaVersion(env: Environment<"ledger">): Promise<number | undefined> {
  const target = { resourceArn: env.LEDGER_CLUSTER_ARN, secretArn: env.LEDGER_SECRET_ARN, database: env.LEDGER_DATABASE };
  const rows = await inTransaction(new RDSDataClient(limits(5_000, 2)), target, (run) => run("SELECT max(version) FROM schema_migrations"));
  const version = rows[0]?.[0];
  return version === null || version === undefined ? undefined : Number(version);
}
