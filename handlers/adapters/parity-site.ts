import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeDBClustersCommand, RDSClient } from "@aws-sdk/client-rds";
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Thing } from "../core/parity";
import type { SiteReader } from "../core/parity-run";
import { limits } from "./clients";
import { sha256 } from "./hashing";
import { httpProbe } from "./http-probe";

export interface SiteNames {
  readonly region: string;
  readonly peerRegion: string;
  /** Bundle → this region's name of the function. */
  readonly functions: Readonly<Record<string, string>>;
  readonly tradeQueueUrl: string;
  readonly tables: readonly string[];
  /** The region's cluster of the ledger. */
  readonly clusterArn: string;
  /** What the secret is of → its ARN in this region. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Path of the parameters that are the same in both regions. */
  readonly parameterPath: string;
  /** Address of the region's API, stage included. */
  readonly url: string;
}

const REQUEST_MS = 5_000;
const ATTEMPTS = 3;
const HEALTH_MS = 5_000;

/** What parity compares of one region, by that region's own endpoints. */
export function siteReader(names: SiteNames): SiteReader {
  const config = { region: names.region, ...limits(REQUEST_MS, ATTEMPTS) };
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const dynamodb = new DynamoDBClient(config);
  const ssm = new SSMClient(config);
  const rds = new RDSClient(config);
  const secretsManager = new SecretsManagerClient(config);
  return {
    region: names.region,
    functions: () => Promise.all(Object.entries(names.functions).map(([name, functionName]) => readFunction(lambda, name, functionName))),
    queues: () => readQueues(sqs, names.tradeQueueUrl),
    tables: () => Promise.all(names.tables.map((table) => readTable(dynamodb, table, names.peerRegion))),
    clusters: async () => [await readCluster(rds, names.clusterArn)],
    secrets: () => Promise.all(Object.entries(names.secrets).map(([name, arn]) => readSecret(secretsManager, name, arn))),
    quotas: () => readQuotas(lambda),
    parameters: () => readParameters(ssm, names.parameterPath),
    health: async () => {
      const answer = await httpProbe.get(`${names.url}/health/ready`, HEALTH_MS);
      if (answer?.status === 200) return undefined;
      return answer === undefined ? "it does not answer" : `HTTP ${answer.status} ${answer.body.slice(0, 300)}`;
    },
  };
}

async function readFunction(client: LambdaClient, name: string, functionName: string): Promise<Thing> {
  const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  // A service that leaves the states out has nothing to tell: only a state that says otherwise is one.
  const states = [found.State, found.LastUpdateStatus].filter((state) => state !== undefined && !["Active", "Successful"].includes(state));
  return {
    name,
    settings: {
      "code SHA-256": found.CodeSha256 ?? "",
      runtime: found.Runtime ?? "",
      handler: found.Handler ?? "",
      "timeout (s)": String(found.Timeout),
      "memory (MB)": String(found.MemorySize),
    },
    ...(states.length === 0 ? {} : { unready: states.join(", ") }),
  };
}

const QUEUE_SETTINGS = [
  "VisibilityTimeout",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "DelaySeconds",
  "MaximumMessageSize",
  "SqsManagedSseEnabled",
] as const;

/** The trade queue and the dead-letter queue that its redrive policy names. */
async function readQueues(client: SQSClient, tradeQueueUrl: string): Promise<Thing[]> {
  const trades = await queueAttributes(client, tradeQueueUrl);
  const redrive = JSON.parse(trades.RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string; maxReceiveCount?: number | string };
  const deadLetters = redrive.deadLetterTargetArn?.split(":").at(-1);
  if (deadLetters === undefined) throw new Error("the trade queue has no dead-letter queue");
  const beside = `${tradeQueueUrl.slice(0, tradeQueueUrl.lastIndexOf("/"))}/${deadLetters}`;
  return [
    { name: "trades", settings: { ...settingsOf(trades), maxReceiveCount: String(redrive.maxReceiveCount) } },
    { name: "dead letters", settings: settingsOf(await queueAttributes(client, beside)) },
  ];
}

async function queueAttributes(client: SQSClient, url: string): Promise<Readonly<Record<string, string>>> {
  return (await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }))).Attributes ?? {};
}

const settingsOf = (attributes: Readonly<Record<string, string>>): Record<string, string> => ({
  ...Object.fromEntries(QUEUE_SETTINGS.map((name) => [name, attributes[name] ?? "default"])),
  "customer key": attributes.KmsMasterKeyId === undefined ? "no" : "yes",
});

async function readTable(client: DynamoDBClient, name: string, peerRegion: string): Promise<Thing> {
  const [{ Table }, { ContinuousBackupsDescription }] = await Promise.all([
    client.send(new DescribeTableCommand({ TableName: name })),
    client.send(new DescribeContinuousBackupsCommand({ TableName: name })),
  ]);
  if (!Table) throw new Error(`no table ${name}`);
  const unready = whyNotActive(Table, peerRegion);
  const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ?? "DISABLED";
  return { name, settings: { ...tableSettings(Table), "point-in-time recovery": recovery }, ...(unready === undefined ? {} : { unready }) };
}

function whyNotActive(table: TableDescription, peerRegion: string): string | undefined {
  if (table.TableStatus !== "ACTIVE") return `the table is ${table.TableStatus ?? "of unknown status"}`;
  const replica = table.Replicas?.find(({ RegionName }) => RegionName === peerRegion);
  if (!replica) return `there is no replica in ${peerRegion}`;
  if (replica.ReplicaStatus !== "ACTIVE") return `the replica in ${peerRegion} is ${replica.ReplicaStatus ?? "of unknown status"}`;
  const witness = table.GlobalTableWitnesses?.find(({ WitnessStatus }) => WitnessStatus !== "ACTIVE");
  if (witness) return `the witness in ${witness.RegionName ?? "a third region"} is ${witness.WitnessStatus ?? "of unknown status"}`;
  const index = table.GlobalSecondaryIndexes?.find(({ IndexStatus }) => IndexStatus !== "ACTIVE");
  return index && `the index ${index.IndexName ?? ""} is ${index.IndexStatus ?? "of unknown status"}`;
}

/** Streams are left out: AWS does not give a strongly consistent replica one in every region. */
function tableSettings(table: TableDescription): Record<string, string> {
  const keys = (schema: TableDescription["KeySchema"]): string => (schema ?? []).map(({ AttributeName }) => AttributeName).join("+");
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, KeySchema, Projection }) => `${IndexName}(${keys(KeySchema)} ${Projection?.ProjectionType})`,
  );
  return {
    keys: keys(table.KeySchema),
    indexes: indexes.sort().join(", "),
    billing: table.BillingModeSummary?.BillingMode ?? "PROVISIONED",
    consistency: table.MultiRegionConsistency ?? "EVENTUAL",
    encryption: table.SSEDescription?.SSEType ?? "AWS owned key",
    deletionProtection: String(table.DeletionProtectionEnabled ?? false),
  };
}

/** What must be alike for either cluster to be the writer. Its state and its lag are the ledger's, and judged as such. */
async function readCluster(client: RDSClient, arn: string): Promise<Thing> {
  const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: arn }));
  const cluster = DBClusters?.[0];
  if (!cluster) throw new Error(`no cluster ${arn}`);
  return {
    name: "ledger",
    settings: {
      engine: `${cluster.Engine} ${cluster.EngineVersion}`,
      instances: String(cluster.DBClusterMembers?.length ?? 0),
      "backup retention (days)": String(cluster.BackupRetentionPeriod),
      encrypted: String(cluster.StorageEncrypted ?? false),
      "Data API": String(cluster.HttpEndpointEnabled ?? false),
      "IAM authentication": String(cluster.IAMDatabaseAuthenticationEnabled ?? false),
      deletionProtection: String(cluster.DeletionProtection ?? false),
    },
  };
}

/** A secret's copies are told by where it was made: a copy that lags behind has another version current. */
async function readSecret(client: SecretsManagerClient, name: string, arn: string): Promise<Thing> {
  const secret = await client.send(new DescribeSecretCommand({ SecretId: arn }));
  const current = Object.entries(secret.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];
  const behind = secret.ReplicationStatus?.find(({ Status }) => Status !== "InSync");
  const unready = behind && `the replica in ${behind.Region} is ${behind.Status}${behind.StatusMessage ? `: ${behind.StatusMessage}` : ""}`;
  return { name, settings: { "current version": current ?? "none" }, ...(unready === undefined ? {} : { unready }) };
}

/** A new region begins with a tenth of what an old one has, or less: enough until all traffic is there. */
async function readQuotas(client: LambdaClient): Promise<Thing[]> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  return [{ name: "Lambda", settings: { "concurrent executions": String(AccountLimit?.ConcurrentExecutions) } }];
}

async function readParameters(client: SSMClient, path: string): Promise<Thing[]> {
  const things: Thing[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetParametersByPathCommand({ Path: path, Recursive: true, WithDecryption: true, NextToken }));
    for (const { Name = "", Type = "", Value = "" } of page.Parameters ?? []) {
      // A secret is compared, and not told to whoever reads the difference.
      const value = Type === "SecureString" ? `SHA-256 ${sha256(Value).slice(0, 12)}` : Value;
      things.push({ name: Name.slice(path.length + 1), settings: { value, type: Type } });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return things;
}
