/**
 * Copies changes of the shared parameters to the other region. Parameter Store's event names one; a schedule's event names none and stands for all.
 */
import * as functions from "../../contract/functions";
import { environment } from "../adapters/environment";
import { ownLease } from "../adapters/lease-store";
import { log } from "../adapters/log";
import { metrics } from "../adapters/metrics";
import { ownParameters, peerParameters } from "../adapters/parameter-store";
import { tableClient } from "../adapters/table";
import { sweepParameters, syncParameter, type SweepResult, type SyncOutcome } from "../core/parameter-sync";

const env = environment(functions.parameterSync);
const ports = {
  lease: ownLease(env, tableClient()),
  own: ownParameters(env),
  peer: peerParameters(env),
  log,
  metrics: metrics(env),
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
