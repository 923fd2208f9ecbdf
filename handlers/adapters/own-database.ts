import type { GlobalDatabase } from "../ports";
import type { CapabilityName } from "../../contract/environment";
import type { Allowed, Environment } from "./environment";
import { globalDatabase } from "./global-database";

interface Rights {
  readonly "database.read": "status";
  readonly "database.move": "failoverToHere" | "switchoverToHere";
  readonly "lag.read": "lagMs";
}

/** This site's place in the global database, as far as the function may look at it or move it. */
export function ownDatabase<N extends CapabilityName>(
  env: Environment<N> & Environment<"database.read">,
): Allowed<GlobalDatabase, Rights, N> {
  return globalDatabase({
    globalClusterId: env.GLOBAL_CLUSTER_ID,
    clusterIdentifier: env.CLUSTER_IDENTIFIER,
    clusterArn: env.LEDGER_CLUSTER_ARN,
  });
}
