/**
 * Copies changes of the shared parameters to the other region. Parameter Store's event names one; a schedule's event names none and stands for all.
 */
import { environment } from "../adapters/environment";
import { leaseStore } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { ownParameters, peerParameters } from "../adapters/parameter-store";
import { tableClient } from "../adapters/table";
import { sweepParameters, syncParameter, type SweepResult, type SyncOutcome } from "../core/parameter-sync";

const env = environment("AWS_REGION", "PEER_REGION", "PEER_KEY_ARN", "LEASE_TABLE", "SHARED_PARAMETERS");
const ports = {
  lease: leaseStore(tableClient(), env.LEASE_TABLE),
  own: ownParameters(env.SHARED_PARAMETERS),
  peer: peerParameters(env.AWS_REGION, { region: env.PEER_REGION, keyArn: env.PEER_KEY_ARN }),
  log,
  metrics,
  region: env.AWS_REGION,
};

interface ParameterEvent {
  readonly detail?: { readonly name?: string };
}

export async function handler(event: ParameterEvent): Promise<SyncOutcome | SweepResult> {
  const name = event.detail?.name;
  if (name === undefined) return sweepParameters(ports);
  if (!name.startsWith(`${env.SHARED_PARAMETERS}/`))
    throw new Error(`"${name}" is not a shared parameter: those are below ${env.SHARED_PARAMETERS}`);
  return syncParameter(name, ports);
}
