import { allow, allowKey } from "../../foundation/policy-documents";
import { peerSite, sharedParameters } from "../../foundation/site-context";
import { bothSites, functionNames } from "./both-sites";
import type { Provision, Surroundings } from "./provision";
import type { SiteTable } from "./site-resources";

/** What comparing the regions takes: to read the settings of the same things in both, and nothing of their contents. */
export function compareRegions({ context, resources, bundles }: Surroundings): Provision<"regions.compare"> {
  const { journalTable, leaseTable, sessionsTable, keyArn, peerKeyArn, peerClusterArn, secretArn, peerSecretArn } = resources;
  const { settings, site, region, peerRegion } = context;
  const tables = [journalTable, leaseTable, sessionsTable].map(({ name }: SiteTable) => `table/${name}`);
  return {
    variables: {
      PEER_REGION: peerRegion,
      OWN_FUNCTIONS: functionNames(bundles, context),
      PEER_FUNCTIONS: functionNames(bundles, { settings, site: peerSite(site) }),
      TRADE_QUEUE_URL: resources.queueUrl,
      PEER_TRADE_QUEUE_URL: resources.peerQueueUrl,
      LEASE_TABLE: leaseTable.name,
      JOURNAL_TABLE: journalTable.name,
      SESSIONS_TABLE: sessionsTable.name,
      SHARED_PARAMETERS: sharedParameters(settings),
      OWN_URL: resources.ownUrl,
      PEER_URL: resources.peerUrl,
      LEDGER_CLUSTER_ARN: resources.clusterArn,
      LEDGER_SECRET_ARN: secretArn,
      PEER_LEDGER_CLUSTER_ARN: peerClusterArn,
      PEER_LEDGER_SECRET_ARN: peerSecretArn,
    },
    statements: [
      allow(
        "lambda:GetFunctionConfiguration",
        bothSites(context, "lambda", (of) => bundles.map((bundle) => `function:${of([bundle], 64)}`)),
      ),
      allow(
        "sqs:GetQueueAttributes",
        bothSites(context, "sqs", (of) => [of(["trades"], 80), of(["trades", "dlq"], 80)]),
      ),
      allow(
        ["dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups"],
        bothSites(context, "dynamodb", () => tables),
      ),
      allow(
        "ssm:GetParametersByPath",
        bothSites(context, "ssm", () => [`parameter${sharedParameters(settings)}`]),
      ),
      allowKey(["kms:Decrypt"], keyArn, "ssm", region),
      allowKey(["kms:Decrypt"], peerKeyArn, "ssm", peerRegion),
      allow("rds:DescribeDBClusters", peerClusterArn),
      allow("secretsmanager:DescribeSecret", [secretArn, peerSecretArn]),
      // The account's limits are no resource.
      allow("lambda:GetAccountSettings", "*"),
    ],
  };
}
