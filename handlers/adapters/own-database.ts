import type { GlobalDatabase } from "../ports";
import { environment } from "./environment";
import { globalDatabase } from "./global-database";

/** This site's place in the global database, as the function's environment names it. */
export function ownDatabase(): GlobalDatabase {
  const env = environment("GLOBAL_CLUSTER_ID", "CLUSTER_IDENTIFIER", "LEDGER_CLUSTER_ARN");
  return globalDatabase({
    globalClusterId: env.GLOBAL_CLUSTER_ID,
    clusterIdentifier: env.CLUSTER_IDENTIFIER,
    clusterArn: env.LEDGER_CLUSTER_ARN,
  });
}
