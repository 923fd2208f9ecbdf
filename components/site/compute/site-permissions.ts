import * as pulumi from "@pulumi/pulumi";
import { allow, allowKey, type Statement } from "../../foundation/policy-documents";
import { peerSite, sharedParameters, siteName, type SiteContext } from "../../foundation/site-context";

/** A table as one region sees it. */
export interface SiteTable {
  readonly name: string;
  readonly arn: pulumi.Input<string>;
}

/** What the functions of a site work on. */
export interface SiteResources {
  readonly journalTable: SiteTable;
  readonly leaseTable: SiteTable;
  readonly sessionsTable: SiteTable;
  readonly queueUrl: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly peerQueueUrl: pulumi.Input<string>;
  readonly peerQueueArn: pulumi.Input<string>;
  readonly clusterArn: pulumi.Input<string>;
  readonly clusterIdentifier: pulumi.Input<string>;
  readonly peerClusterArn: pulumi.Input<string>;
  readonly globalClusterId: pulumi.Input<string>;
  readonly globalClusterArn: pulumi.Input<string>;
  readonly secretArn: pulumi.Input<string>;
  /** The other region's copy. */
  readonly peerSecretArn: pulumi.Input<string>;
  readonly auditBucket: pulumi.Input<string>;
  readonly auditBucketArn: pulumi.Input<string>;
  readonly auditKeyArn: pulumi.Input<string>;
  readonly busName: pulumi.Input<string>;
  readonly busArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** The other region's key, for its queue. */
  readonly peerKeyArn: pulumi.Input<string>;
  /** This region's API: `arn:aws:execute-api:region:account:id`. */
  readonly apiArn: pulumi.Input<string>;
  /** Secret of this region with the key that clients send; only with `apiAuth: apiKey`. */
  readonly apiKeySecretArn?: pulumi.Input<string>;
}

/** `bundles`: those of all functions that a site has. */
type Grant = (resources: SiteResources, context: SiteContext, bundles: readonly string[]) => readonly Statement[];

/** Key of the item that holds the head of the ledger's history, beside the lease. */
const LEDGER_HEAD = "ledger-head";

/** What a sender to an encrypted queue needs of its key. */
const TO_SEND = ["kms:GenerateDataKey", "kms:Decrypt"];

/** Each capability that a function may have, and the actions it comes to. */
const GRANTS = {
  journalRead: ({ journalTable }) => [allow("dynamodb:GetItem", journalTable.arn)],
  journalWrite: ({ journalTable }) => [allow(["dynamodb:GetItem", "dynamodb:PutItem"], journalTable.arn)],
  journalReadMany: ({ journalTable }) => [allow("dynamodb:BatchGetItem", journalTable.arn)],
  journalMark: ({ journalTable }) => [allow("dynamodb:UpdateItem", journalTable.arn)],
  journalIndex: ({ journalTable }) => [allow("dynamodb:Query", pulumi.interpolate`${journalTable.arn}/index/*`)],
  leaseRead: ({ leaseTable }) => [allow("dynamodb:GetItem", leaseTable.arn)],
  leaseCreate: ({ leaseTable }) => [allow(["dynamodb:GetItem", "dynamodb:PutItem"], leaseTable.arn)],
  leaseChange: ({ leaseTable }) => [allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], leaseTable.arn)],
  // That item and no other: who settles has no hand in who holds the lease.
  ledgerHead: ({ leaseTable }) => [
    {
      ...allow("dynamodb:UpdateItem", leaseTable.arn),
      Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [LEDGER_HEAD] } },
    },
  ],
  sessionsWrite: ({ sessionsTable }) => [allow("dynamodb:UpdateItem", sessionsTable.arn)],
  queueSend: ({ queueArn, keyArn }, { region }) => [allow("sqs:SendMessage", queueArn), allowKey(TO_SEND, keyArn, "sqs", region)],
  queueLook: ({ queueArn }) => [allow("sqs:GetQueueAttributes", queueArn)],
  queueConsume: ({ queueArn, keyArn }, { region }) => [
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queueArn),
    allowKey(["kms:Decrypt"], keyArn, "sqs", region),
  ],
  peerQueueSend: ({ peerQueueArn, peerKeyArn }, { peerRegion }) => [
    allow("sqs:SendMessage", peerQueueArn),
    allowKey(TO_SEND, peerKeyArn, "sqs", peerRegion),
  ],
  ledger: ({ clusterArn, secretArn }) => [
    allow(
      ["rds-data:BeginTransaction", "rds-data:ExecuteStatement", "rds-data:CommitTransaction", "rds-data:RollbackTransaction"],
      clusterArn,
    ),
    allow("secretsmanager:GetSecretValue", secretArn),
  ],
  databaseRead: ({ clusterArn, globalClusterArn }) => [
    allow("rds:DescribeDBClusters", clusterArn),
    allow("rds:DescribeGlobalClusters", globalClusterArn),
  ],
  databaseMove: ({ clusterArn, peerClusterArn, globalClusterArn }) => [
    allow(["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"], [globalClusterArn, clusterArn, peerClusterArn]),
  ],
  // CloudWatch has no resources to name for reading.
  lagRead: () => [allow("cloudwatch:GetMetricStatistics", "*")],
  auditWrite: ({ auditBucketArn, auditKeyArn }, { region }) => [
    allow("s3:PutObject", pulumi.interpolate`${auditBucketArn}/trades/*`),
    allowKey(["kms:GenerateDataKey", "kms:Decrypt"], auditKeyArn, "s3", region),
  ],
  eventsPut: ({ busArn }) => [allow("events:PutEvents", busArn)],
  apiInvoke: ({ apiArn, apiKeySecretArn }, { settings }) => {
    if (settings.apiAuth === "iam") return [allow("execute-api:Invoke", [pulumi.interpolate`${apiArn}/*/POST/trades`])];
    return apiKeySecretArn === undefined ? [] : [allow("secretsmanager:GetSecretValue", apiKeySecretArn)];
  },
  failoverStart: (_, context) => [
    allow("states:StartExecution", machineArn(context, "failover")),
    allow("states:ListExecutions", [machineArn(context, "failover"), machineArn(context, "switchover")]),
    allow("states:DescribeExecution", pulumi.interpolate`${machineArn(context, "failover", "execution")}:*`),
  ],
  movesStart: (_, context) => [
    allow(["states:StartExecution", "states:ListExecutions"], [machineArn(context, "failover"), machineArn(context, "switchover")]),
    allow(
      "states:DescribeExecution",
      (["failover", "switchover"] as const).map((machine) => pulumi.interpolate`${machineArn(context, machine, "execution")}:*`),
    ),
  ],
  parametersCopy: ({ keyArn, peerKeyArn }, context) => {
    const { region, peerRegion, accountId, settings } = context;
    const path = sharedParameters(settings);
    const at = (where: string) => pulumi.interpolate`arn:aws:ssm:${where}:${accountId}:parameter${path}`;
    return [
      allow("ssm:GetParametersByPath", at(region)),
      allow("ssm:GetParameter", [pulumi.interpolate`${at(region)}/*`, pulumi.interpolate`${at(peerRegion)}/*`]),
      allow(["ssm:GetParameterHistory", "ssm:PutParameter", "ssm:DeleteParameter"], pulumi.interpolate`${at(peerRegion)}/*`),
      // For secure ones: read in both regions, written in the other.
      allowKey(["kms:Decrypt"], keyArn, "ssm", region),
      allowKey(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], peerKeyArn, "ssm", peerRegion),
    ];
  },
  failoverLook: (_, context) => [allow("states:DescribeStateMachine", machineArn(context, "failover"))],
  parityRead: (resources, context, bundles) => {
    const { journalTable, leaseTable, sessionsTable, keyArn, peerKeyArn, peerClusterArn, secretArn, peerSecretArn } = resources;
    const tables = [journalTable, leaseTable, sessionsTable].map(({ name }) => `table/${name}`);
    return [
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
        bothSites(context, "ssm", () => [`parameter${sharedParameters(context.settings)}`]),
      ),
      allowKey(["kms:Decrypt"], keyArn, "ssm", context.region),
      allowKey(["kms:Decrypt"], peerKeyArn, "ssm", context.peerRegion),
      allow("rds:DescribeDBClusters", peerClusterArn),
      allow("secretsmanager:DescribeSecret", [secretArn, peerSecretArn]),
      // The account's limits are no resource.
      allow("lambda:GetAccountSettings", "*"),
    ];
  },
} as const satisfies Record<string, Grant>;

export type Grants = keyof typeof GRANTS;

/** Built from its name: the machines are made after the functions that they call, so their ARNs can't be had from them. */
export const machineArn = (context: SiteContext, machine: "failover" | "switchover", kind: "stateMachine" | "execution" = "stateMachine") =>
  pulumi.interpolate`arn:aws:states:${context.region}:${context.accountId}:${kind}:${siteName(context, [machine], 80)}`;

/** ARNs of the same things in both regions. `of`: a site's physical name for the parts. */
function bothSites(
  { site, settings, region, peerRegion, accountId }: SiteContext,
  service: string,
  names: (of: (parts: readonly string[], max: number) => string) => readonly string[],
): pulumi.Output<string>[] {
  const here = { site, region };
  const there = { site: peerSite(site), region: peerRegion };
  return [here, there].flatMap((at) =>
    names((parts, max) => siteName({ site: at.site, settings }, parts, max)).map(
      (name) => pulumi.interpolate`arn:aws:${service}:${at.region}:${accountId}:${name}`,
    ),
  );
}

export const permissionsOf = (
  grants: readonly Grants[],
  context: SiteContext,
  resources: SiteResources,
  bundles: readonly string[],
): Statement[] => grants.flatMap((grant) => (GRANTS as Record<Grants, Grant>)[grant](resources, context, bundles));
