/** What each capability of the contract comes to on AWS: the values of its variables, and the statements of its policy. */
import * as pulumi from "@pulumi/pulumi";
import { AUDIT_FOLDERS } from "../../../contract/events";
import type { CapabilityName } from "../../../contract/environment";
import { LEDGER_DATABASE, LEDGER_USER } from "../../../contract/ledger";
import { ACCOUNT_ITEM, canaryLease, LEDGER_HEAD, LEDGER_LEASE, SESSION_ITEM } from "../../../contract/tables";
import { allow, allowKey, type Statement } from "../../foundation/policy-documents";
import { machineArn, metricsNamespace, sharedParameters } from "../../foundation/site-context";
import { compareRegions } from "./compare-regions";
import type { Provision, Surroundings } from "./provision";
import { allowItems } from "./table-items";
import type { SiteResources } from "./site-resources";

type Provisions = { readonly [N in CapabilityName]: (surroundings: Surroundings) => Provision<N> };

/** What a sender to an encrypted queue needs of its key. */
const TO_SEND = ["kms:GenerateDataKey", "kms:Decrypt"];

const onJournal = ({ resources: { journalTable } }: Surroundings, actions: string | readonly string[]) => ({
  variables: { JOURNAL_TABLE: journalTable.name },
  statements: [allow(actions, journalTable.arn)],
});
/** One item of the lease's table, by its key. */
const onLease = ({ resources: { leaseTable } }: Surroundings, actions: string | readonly string[], item = LEDGER_LEASE) => ({
  variables: { LEASE_TABLE: leaseTable.name },
  statements: [allowItems(actions, leaseTable.arn, "StringEquals", item)],
});
/** Items of the sessions table whose keys begin so. */
const onSessions = ({ resources: { sessionsTable } }: Surroundings, action: string, begins: string): readonly Statement[] => [
  allowItems(action, sessionsTable.arn, "StringLike", `${begins}*`),
];
/** Where no trade needs a session, nobody has a hand in any. */
const onOpenSessions = (site: Surroundings, action: string) => {
  const { required } = site.context.settings.sessions;
  return {
    variables: { REQUIRED_SESSIONS_TABLE: required ? site.resources.sessionsTable.name : undefined },
    statements: required ? onSessions(site, action, SESSION_ITEM) : [],
  };
};
const onDatabase = ({ resources }: Surroundings, ...statements: Statement[]) => ({
  variables: {
    GLOBAL_CLUSTER_ID: resources.globalClusterId,
    CLUSTER_IDENTIFIER: resources.clusterIdentifier,
    LEDGER_CLUSTER_ARN: resources.clusterArn,
  },
  statements,
});
const onMachines = ({ context }: Surroundings, ...statements: Statement[]) => ({
  variables: {
    FAILOVER_STATE_MACHINE_ARN: machineArn(context, "failover"),
    SWITCHOVER_STATE_MACHINE_ARN: machineArn(context, "switchover"),
  },
  statements,
});
/** What Lambda's poller, or a server, does with a queue. */
const consuming = (queueArn: pulumi.Input<string>, keyArn: pulumi.Input<string>, region: string): readonly Statement[] => [
  allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queueArn),
  allowKey(["kms:Decrypt"], keyArn, "sqs", region),
];
const ownQueue = ({ queueUrl }: SiteResources) => ({ TRADE_QUEUE_URL: queueUrl });
const MACHINES = ["failover", "switchover"] as const;

const PROVISIONS: Provisions = {
  "journal.read": (site) => onJournal(site, "dynamodb:GetItem"),
  "journal.readMany": (site) => onJournal(site, "dynamodb:BatchGetItem"),
  "journal.accept": (site) => onJournal(site, ["dynamodb:GetItem", "dynamodb:PutItem"]),
  "journal.mark": (site) => onJournal(site, "dynamodb:UpdateItem"),
  "journal.list": ({ resources: { journalTable } }) => ({
    variables: { JOURNAL_TABLE: journalTable.name },
    statements: [allow("dynamodb:Query", pulumi.interpolate`${journalTable.arn}/index/*`)],
  }),
  "lease.read": (site) => onLease(site, "dynamodb:GetItem"),
  "lease.create": (site) => onLease(site, ["dynamodb:GetItem", "dynamodb:PutItem"]),
  "lease.change": (site) => onLease(site, ["dynamodb:GetItem", "dynamodb:UpdateItem"]),
  "lease.canary": (site) =>
    onLease(site, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], canaryLease(site.context.region)),
  "ledger.head": (site) => onLease(site, ["dynamodb:GetItem", "dynamodb:UpdateItem"], LEDGER_HEAD),
  "tables.protect": ({ resources: { journalTable, leaseTable, sessionsTable }, context: { settings } }) => ({
    variables: {
      JOURNAL_TABLE: journalTable.name,
      LEASE_TABLE: leaseTable.name,
      SESSIONS_TABLE: sessionsTable.name,
      DELETION_PROTECTION: String(settings.deletionProtection),
    },
    statements: [
      allow(
        ["dynamodb:DescribeTable", "dynamodb:UpdateTable"],
        [journalTable, leaseTable, sessionsTable].map(({ arn }) => arn),
      ),
    ],
  }),
  "lease.times": ({ context: { settings } }) => ({
    variables: {
      LEASE_LENGTH_SECONDS: String(settings.rto.leaseLengthSeconds),
      LEASE_RENEWAL_SECONDS: String(settings.rto.leaseRenewalSeconds),
      LEASE_LIMIT_SECONDS: String(settings.rto.leaseLimitSeconds),
    },
    statements: [],
  }),
  "lease.silence": ({ context: { settings } }) => ({
    variables: { HOLDER_SILENCE_SECONDS: String(settings.rto.leaseLengthSeconds) },
    statements: [],
  }),
  "sessions.write": (site) => ({
    variables: { SESSIONS_TABLE: site.resources.sessionsTable.name },
    statements: onSessions(site, "dynamodb:UpdateItem", ACCOUNT_ITEM),
  }),
  "sessions.open": (site) => {
    const { variables, statements } = onOpenSessions(site, "dynamodb:PutItem");
    return { variables: { ...variables, SESSION_SECONDS: String(site.context.settings.sessions.lifetimeSeconds) }, statements };
  },
  "sessions.check": (site) => onOpenSessions(site, "dynamodb:GetItem"),
  "queue.send": ({ resources, context: { region } }) => ({
    variables: ownQueue(resources),
    statements: [allow("sqs:SendMessage", resources.queueArn), allowKey(TO_SEND, resources.keyArn, "sqs", region)],
  }),
  "queue.look": ({ resources }) => ({
    variables: ownQueue(resources),
    statements: [allow("sqs:GetQueueAttributes", resources.queueArn)],
  }),
  "queue.consume": ({ resources, context: { region } }) => ({
    variables: ownQueue(resources),
    statements: consuming(resources.queueArn, resources.keyArn, region),
  }),
  "queue.handOver": ({ resources: { peerQueueUrl, peerQueueArn, peerKeyArn }, context: { peerRegion } }) => ({
    variables: { PEER_REGION: peerRegion, PEER_TRADE_QUEUE_URL: peerQueueUrl },
    statements: [allow("sqs:SendMessage", peerQueueArn), allowKey(TO_SEND, peerKeyArn, "sqs", peerRegion)],
  }),
  ledger: ({ resources: { clusterArn, secretArn }, context: { settings } }) => ({
    variables: {
      LEDGER_CLUSTER_ARN: clusterArn,
      LEDGER_SECRET_ARN: secretArn,
      LEDGER_DATABASE,
      LEDGER_ENGINE: settings.database.engine,
    },
    statements: [
      allow(
        ["rds-data:BeginTransaction", "rds-data:ExecuteStatement", "rds-data:CommitTransaction", "rds-data:RollbackTransaction"],
        clusterArn,
      ),
      allow("secretsmanager:GetSecretValue", secretArn),
    ],
  }),
  "ledger.connect": ({ resources: { ledgerEndpoint, ledgerResourceId }, context: { settings, region, accountId } }) => ({
    variables: { LEDGER_HOST: ledgerEndpoint, LEDGER_DATABASE, LEDGER_ENGINE: settings.database.engine },
    statements: [
      allow("rds-db:connect", pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:${ledgerResourceId}/${LEDGER_USER}`),
    ],
  }),
  "database.read": (site) =>
    onDatabase(
      site,
      allow("rds:DescribeDBClusters", site.resources.clusterArn),
      allow("rds:DescribeGlobalClusters", site.resources.globalClusterArn),
    ),
  "database.move": (site) => {
    const { clusterArn, peerClusterArn, globalClusterArn } = site.resources;
    const all = [globalClusterArn, clusterArn, peerClusterArn];
    return onDatabase(site, allow(["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"], all));
  },
  "lag.read": ({ context: { settings } }) => ({
    variables: { MAX_SWITCHOVER_LAG_SECONDS: String(settings.rto.maxSwitchoverLagSeconds) },
    // CloudWatch has no resources to name for reading.
    statements: [allow("cloudwatch:GetMetricStatistics", "*")],
  }),
  "audit.write": ({ resources: { auditBucket, auditBucketArn, auditKeyArn }, context: { region } }) => ({
    variables: { AUDIT_BUCKET: auditBucket },
    statements: [
      allow("s3:PutObject", pulumi.interpolate`${auditBucketArn}/trades/*`),
      allowKey(["kms:GenerateDataKey", "kms:Decrypt"], auditKeyArn, "s3", region),
    ],
  }),
  "audit.keep": ({ resources: { auditBucket, auditBucketArn, auditKeyArn, auditQueueArn, keyArn }, context: { region } }) => ({
    variables: { AUDIT_BUCKET: auditBucket },
    statements: [
      ...consuming(auditQueueArn, keyArn, region),
      allow(
        "s3:PutObject",
        AUDIT_FOLDERS.map((folder) => pulumi.interpolate`${auditBucketArn}/${folder}/*`),
      ),
      allowKey(["kms:GenerateDataKey", "kms:Decrypt"], auditKeyArn, "s3", region),
    ],
  }),
  "evidence.write": ({ resources: { auditBucket, auditBucketArn, auditKeyArn }, context: { region } }) => ({
    variables: { AUDIT_BUCKET: auditBucket },
    statements: [
      allow("s3:PutObject", pulumi.interpolate`${auditBucketArn}/readiness/*`),
      allowKey(["kms:GenerateDataKey", "kms:Decrypt"], auditKeyArn, "s3", region),
    ],
  }),
  "events.put": ({ resources: { busName, busArn } }) => ({
    variables: { EVENT_BUS_NAME: busName },
    statements: [allow("events:PutEvents", busArn)],
  }),
  metrics: ({ context: { settings } }) => ({ variables: { METRICS_NAMESPACE: metricsNamespace(settings) }, statements: [] }),
  "api.invoke": ({ resources: { apiArn, apiKeySecretArn, ownUrl, publicUrl }, context: { settings } }) => ({
    variables: { PUBLIC_URL: publicUrl, OWN_URL: ownUrl, API_KEY_SECRET_ARN: apiKeySecretArn },
    statements:
      settings.apiAuth === "iam" && apiArn !== undefined
        ? [
            allow(
              "execute-api:Invoke",
              ["trades", ...(settings.sessions.required ? ["sessions"] : [])].map((path) => pulumi.interpolate`${apiArn}/*/POST/${path}`),
            ),
          ]
        : apiKeySecretArn === undefined
          ? []
          : [allow("secretsmanager:GetSecretValue", apiKeySecretArn)],
  }),
  "callers.know": ({ resources: { callers }, context: { settings } }) => ({
    variables: {
      API_AUTH: settings.apiAuth,
      CALLERS: callers,
      TOKENS: settings.tokens && settings.apiAuth === "jwt" ? JSON.stringify(settings.tokens) : undefined,
    },
    statements: [],
  }),
  "name.follows": ({ context: { settings } }) => ({
    variables: { NAME_FOLLOWS_LEASE: String(settings.domainName !== undefined && settings.routing === "failover") },
    statements: [],
  }),
  "peer.probe": ({ resources: { peerUrl } }) => ({ variables: { PEER_URL: peerUrl }, statements: [] }),
  "moves.start": (site) =>
    onMachines(
      site,
      allow(
        ["states:StartExecution", "states:ListExecutions"],
        MACHINES.map((machine) => machineArn(site.context, machine)),
      ),
      allow(
        "states:DescribeExecution",
        MACHINES.map((machine) => pulumi.interpolate`${machineArn(site.context, machine, "execution")}:*`),
      ),
    ),
  "failover.look": ({ context }) => ({
    variables: { FAILOVER_STATE_MACHINE_ARN: machineArn(context, "failover") },
    statements: [allow("states:DescribeStateMachine", machineArn(context, "failover"))],
  }),
  "parameters.copy": ({ resources: { keyArn, peerKeyArn }, context: { region, peerRegion, accountId, settings } }) => {
    const path = sharedParameters(settings);
    const at = (where: string) => pulumi.interpolate`arn:aws:ssm:${where}:${accountId}:parameter${path}`;
    return {
      variables: { PEER_REGION: peerRegion, PEER_KEY_ARN: peerKeyArn, SHARED_PARAMETERS: path },
      statements: [
        allow("ssm:GetParametersByPath", at(region)),
        allow("ssm:GetParameter", [pulumi.interpolate`${at(region)}/*`, pulumi.interpolate`${at(peerRegion)}/*`]),
        allow(["ssm:GetParameterHistory", "ssm:PutParameter", "ssm:DeleteParameter"], pulumi.interpolate`${at(peerRegion)}/*`),
        // For secure ones: read in both regions, written in the other.
        allowKey(["kms:Decrypt"], keyArn, "ssm", region),
        allowKey(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], peerKeyArn, "ssm", peerRegion),
      ],
    };
  },
  "home.region": ({ context: { settings } }) => ({ variables: { PRIMARY_REGION: settings.regions.primary }, statements: [] }),
  "regions.compare": compareRegions,
};

export interface Granted {
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly permissions: readonly Statement[];
}

/** The environment and the permissions that capabilities come to. A variable that the stack does not set is left out. */
export function grant(names: readonly CapabilityName[], surroundings: Surroundings): Granted {
  const provisions = names.map((name) => PROVISIONS[name](surroundings));
  const variables = provisions.flatMap(({ variables: some }) => Object.entries<pulumi.Input<string> | undefined>(some));
  return {
    environment: Object.fromEntries(variables.filter((entry): entry is [string, pulumi.Input<string>] => entry[1] !== undefined)),
    permissions: provisions.flatMap(({ statements }) => statements),
  };
}
