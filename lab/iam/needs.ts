/**
 * What AWS asks to be allowed for a call: actions on resources, with what its condition keys look at. By the service authorization reference; a
 * queue, bucket, table or secret that is encrypted with a key of the account uses it in the caller's name, by way of its service.
 */
import { ACCOUNT, arn } from "../provision/context";
import type { AccessFacts } from "./facts";

export interface Call {
  /** As requests are signed, e.g. "dynamodb". */
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of this use alone. */
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
}

type Facts = Pick<AccessFacts, "keys" | "partitionKeys">;
type Rule = (call: Call, facts: Facts) => readonly Need[];

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const lastOf = (path: unknown): string => textOf(path).split("/").at(-1) ?? "";
const isArn = (value: string): boolean => value.startsWith("arn:");

/** Use of the key of `owner` by its service. */
function byKey(
  { keys }: Facts,
  owner: string,
  service: string,
  region: string,
  actions: readonly string[],
  context: string,
): readonly Need[] {
  const key = keys[owner];
  if (key === undefined) return [];
  const used = { "kms:ViaService": `${service}.${region}.amazonaws.com`, [`kms:EncryptionContext:${context}`]: owner };
  return actions.map((action) => ({ action: `kms:${action}`, resource: key, keys: used }));
}

// ── DynamoDB ──

type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const scalarOf = (value: Readonly<Record<string, unknown>> | undefined): readonly string[] => Object.values(value ?? {}).map(String);

/** Values of the partition key that the request names. */
function leadingKeys({ input }: Call, { partitionKeys }: Facts, table: string): readonly string[] {
  const index = textOf(input.IndexName);
  const attribute = partitionKeys[index === "" ? table : `${table}/${index}`];
  if (attribute === undefined) return [];
  const item = (input.Key ?? input.Item) as Item | undefined;
  if (item !== undefined) return scalarOf(item[attribute]);
  const names = (input.ExpressionAttributeNames ?? {}) as Readonly<Record<string, string>>;
  const values = (input.ExpressionAttributeValues ?? {}) as Item;
  const equal = [...textOf(input.KeyConditionExpression).matchAll(/(#?\w+)\s*=\s*(:\w+)/g)];
  const found = equal.find(([, name = ""]) => (names[name] ?? name) === attribute);
  return found === undefined ? [] : scalarOf(values[found[2] ?? ""]);
}

const dynamodb: Rule = (call, facts) => {
  const { operation, input, region } = call;
  const tables = input.RequestItems === undefined ? [textOf(input.TableName)] : Object.keys(input.RequestItems as object);
  return tables.flatMap((named) => {
    const table = isArn(named) ? lastOf(named) : named;
    const owner = arn("dynamodb", region, `table/${table}`);
    const keys = leadingKeys(call, facts, table);
    const described = /^Describe|^UpdateTable$/.test(operation);
    return [
      {
        action: `dynamodb:${operation}`,
        resource: input.IndexName === undefined ? owner : `${owner}/index/${textOf(input.IndexName)}`,
        keys: keys.length === 0 ? {} : { "dynamodb:LeadingKeys": keys },
      },
      ...(described ? [] : byKey(facts, owner, "dynamodb", region, ["Decrypt"], "aws:dynamodb:arn")),
    ];
  });
};

// ── The others ──

const SQS_ACTIONS: Readonly<Record<string, string>> = { SendMessageBatch: "SendMessage", DeleteMessageBatch: "DeleteMessage" };
const SQS_KEYS: Readonly<Record<string, readonly string[]>> = { SendMessage: ["GenerateDataKey", "Decrypt"], ReceiveMessage: ["Decrypt"] };

const sqs: Rule = ({ operation, input, region }, facts) => {
  const action = SQS_ACTIONS[operation] ?? operation;
  const queue = arn("sqs", region, lastOf(input.QueueUrl) || textOf(input.QueueName));
  return [{ action: `sqs:${action}`, resource: queue }, ...byKey(facts, queue, "sqs", region, SQS_KEYS[action] ?? [], "aws:sqs:arn")];
};

const S3_ACTIONS: Readonly<Record<string, string>> = { HeadObject: "GetObject", ListObjectsV2: "ListBucket", HeadBucket: "ListBucket" };
const S3_KEYS: Readonly<Record<string, readonly string[]>> = { PutObject: ["GenerateDataKey", "Decrypt"], GetObject: ["Decrypt"] };

const s3: Rule = ({ operation, input, region }, facts) => {
  const action = S3_ACTIONS[operation] ?? operation;
  const bucket = `arn:aws:s3:::${textOf(input.Bucket)}`;
  return [
    { action: `s3:${action}`, resource: input.Key === undefined ? bucket : `${bucket}/${textOf(input.Key)}` },
    ...byKey(facts, bucket, "s3", region, S3_KEYS[action] ?? [], "aws:s3:arn"),
  ];
};

const secretArn = (id: unknown, region: string): string => {
  const secret = textOf(id);
  return isArn(secret) ? secret : arn("secretsmanager", region, `secret:${secret}`);
};

const secretsmanager: Rule = ({ operation, input, region }, facts) => {
  const secret = secretArn(input.SecretId, region);
  return [
    { action: `secretsmanager:${operation}`, resource: secret },
    ...(operation === "GetSecretValue" ? byKey(facts, secret, "secretsmanager", region, ["Decrypt"], "SecretARN") : []),
  ];
};

const parameterArn = (name: unknown, region: string): string => arn("ssm", region, `parameter/${textOf(name).replace(/^\//, "")}`);

const ssm: Rule = ({ operation, input, region }) => {
  const names = Array.isArray(input.Names) ? input.Names : [input.Path ?? input.Name];
  return names.map((name) => ({ action: `ssm:${operation}`, resource: parameterArn(name, region).replace(/\/$/, "") }));
};

const events: Rule = ({ operation, input, region }) => {
  const entries = operation === "PutEvents" && Array.isArray(input.Entries) ? (input.Entries as { EventBusName?: string }[]) : [input];
  const buses = new Set(entries.map((entry) => lastOf((entry as { EventBusName?: string }).EventBusName) || "default"));
  return [...buses].map((bus) => ({ action: `events:${operation}`, resource: arn("events", region, `event-bus/${bus}`) }));
};

const states: Rule = ({ operation, input }) => [
  { action: `states:${operation}`, resource: textOf(input.executionArn ?? input.stateMachineArn ?? "*") },
];

/** Actions that know no resource. */
const OF_THE_ACCOUNT = new Set(["GetAccountSettings", "ListFunctions"]);

const lambda: Rule = ({ operation, input, region }) => {
  if (OF_THE_ACCOUNT.has(operation)) return [{ action: `lambda:${operation}`, resource: "*" }];
  const name = textOf(input.FunctionName);
  const qualifier = input.Qualifier === undefined ? "" : `:${textOf(input.Qualifier)}`;
  const resource = (isArn(name) ? name : arn("lambda", region, `function:${name}`)) + qualifier;
  return [{ action: operation.startsWith("Invoke") ? "lambda:InvokeFunction" : `lambda:${operation}`, resource }];
};

const clusterArn = (id: unknown, region: string): string => {
  const cluster = textOf(id);
  return isArn(cluster) ? cluster : arn("rds", region, `cluster:${cluster || "*"}`);
};
const globalClusterArn = (id: unknown): string => `arn:aws:rds::${ACCOUNT}:global-cluster:${textOf(id) || "*"}`;

const rds: Rule = ({ operation, input, region }) => {
  const action = `rds:${operation}`;
  if (operation === "DescribeGlobalClusters") return [{ action, resource: globalClusterArn(input.GlobalClusterIdentifier) }];
  if (/^(Failover|Switchover)GlobalCluster$/.test(operation))
    return [
      { action, resource: globalClusterArn(input.GlobalClusterIdentifier) },
      { action, resource: clusterArn(input.TargetDbClusterIdentifier, region) },
    ];
  return [{ action, resource: clusterArn(input.DBClusterIdentifier, region) }];
};

/** The Data API reads the secret in its caller's name. */
const rdsData: Rule = (call, facts) => [
  { action: `rds-data:${call.operation}`, resource: textOf(call.input.resourceArn) },
  ...secretsmanager({ ...call, operation: "GetSecretValue", input: { SecretId: call.input.secretArn } }, facts),
];

const ofTheAccount =
  (service: string): Rule =>
  ({ operation }) => [{ action: `${service}:${operation}`, resource: "*" }];

const RULES: Readonly<Record<string, Rule>> = {
  dynamodb,
  sqs,
  s3,
  secretsmanager,
  ssm,
  events,
  states,
  lambda,
  rds,
  "rds-data": rdsData,
  monitoring: ofTheAccount("cloudwatch"),
  xray: ofTheAccount("xray"),
  // Nobody can be refused to know who he is.
  sts: () => [],
};

/** Throws for a service of which it is not known here what it asks for: what is not judged would be allowed by mistake. */
export function needsOf(call: Call, facts: Facts): readonly Need[] {
  const rule = RULES[call.service];
  if (rule === undefined)
    throw new Error(`what ${call.service}:${call.operation} asks to be allowed is not known to the lab: add it to lab/iam/needs.ts`);
  return rule(call, facts);
}
