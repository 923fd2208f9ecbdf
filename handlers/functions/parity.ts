/**
 * Compares this region with the other: code, queues, tables, clusters, secrets, parameters, quotas, health, and the ledger's replication and schema.
 * `{}` looks once and answers a report; `{"gate": true}`, which each deployment ends with, waits for what is still being made and fails when
 * the regions are not in sync.
 */
import * as functions from "../../contract/functions";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { regionOfArn } from "../adapters/global-database";
import type { LambdaContext } from "../adapters/lambda";
import { codeSchemaVersion, ownSchemaVersion } from "../adapters/ledger-schema";
import { log } from "../adapters/log";
import { ownDatabase } from "../adapters/own-database";
import { siteReader } from "../adapters/parity-site";
import type { LedgerFacts } from "../core/parity";
import { NotInSync, runParity, type ParityReport } from "../core/parity-run";

const env = environment(functions.parity);
const [region, peerRegion] = [env.AWS_REGION, env.PEER_REGION];
const shared = { tables: [env.LEASE_TABLE, env.JOURNAL_TABLE, env.SESSIONS_TABLE], parameterPath: env.SHARED_PARAMETERS };
const database = ownDatabase(env);

async function ledger(): Promise<LedgerFacts> {
  const { globalStatus, members, own } = await database.status();
  return {
    ...own,
    globalStatus,
    members: members.map(({ clusterArn, role, synchronized }) => ({ region: regionOfArn(clusterArn), role, synchronized })),
    ...(own.role === "writer" ? { schemaVersion: await ownSchemaVersion(env) } : { lagMs: await database.lagMs() }),
  };
}

const ports = {
  own: siteReader({
    ...shared,
    region,
    peerRegion,
    functions: env.OWN_FUNCTIONS,
    tradeQueueUrl: env.TRADE_QUEUE_URL,
    url: env.OWN_URL,
    clusterArn: env.LEDGER_CLUSTER_ARN,
    secrets: { ledger: env.LEDGER_SECRET_ARN },
  }),
  peer: siteReader({
    ...shared,
    region: peerRegion,
    peerRegion: region,
    functions: env.PEER_FUNCTIONS,
    tradeQueueUrl: env.PEER_TRADE_QUEUE_URL,
    url: env.PEER_URL,
    clusterArn: env.PEER_LEDGER_CLUSTER_ARN,
    secrets: { ledger: env.PEER_LEDGER_SECRET_ARN },
  }),
  ledger,
  clock: systemClock,
  log,
};
const expected = {
  regions: [region, peerRegion] as const,
  maxLagMs: env.MAX_SWITCHOVER_LAG_SECONDS * 1000,
  schemaVersion: codeSchemaVersion(env),
};

/** SQS says that changed attributes take up to a minute to be seen everywhere. */
const DIFFERING_MS = 90_000;
/** One look may take this long when a region does not answer. */
const LOOK_MS = 60_000;

/** Raising a quota takes AWS days: readiness and operators are told of it, an update does not fail of it. */
const noQuotas = async (): Promise<[]> => [];
const atTheGate = { ...ports, own: { ...ports.own, quotas: noQuotas }, peer: { ...ports.peer, quotas: noQuotas } };

export async function handler(event: { readonly gate?: boolean }, context: LambdaContext): Promise<ParityReport> {
  const settlingMs = event.gate === true ? context.getRemainingTimeInMillis() - LOOK_MS : 0;
  const report = await runParity({ settlingMs, differingMs: DIFFERING_MS }, expected, event.gate === true ? atTheGate : ports);
  if (event.gate === true && !report.inSync) throw new NotInSync(report);
  return report;
}
