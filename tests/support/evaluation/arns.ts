/** ARNs in AWS's own shape for what the program registers, so that a judge of AWS's reference can tell a queue from a key. */
import { REGIONS } from "../places";
import type { Registered } from "./registered";

const ACCOUNT = "123456789012";

type Shape = (name: string, region: string, inputs: Registered["inputs"]) => string;

const regional =
  (service: string, before = ""): Shape =>
  (name, region) =>
    `arn:aws:${service}:${region}:${ACCOUNT}:${before}${name}`;

const SHAPES: Readonly<Record<string, Shape>> = {
  "lambda/function:Function": regional("lambda", "function:"),
  "cloudwatch/logGroup:LogGroup": regional("logs", "log-group:"),
  "cloudwatch/metricAlarm:MetricAlarm": regional("cloudwatch", "alarm:"),
  "cloudwatch/eventBus:EventBus": regional("events", "event-bus/"),
  "cloudwatch/eventArchive:EventArchive": regional("events", "archive/"),
  "cloudwatch/eventConnection:EventConnection": regional("events", "connection/"),
  "cloudwatch/eventApiDestination:EventApiDestination": regional("events", "api-destination/"),
  "cloudwatch/eventRule:EventRule": (name, region, { eventBusName }) =>
    `arn:aws:events:${region}:${ACCOUNT}:rule/${typeof eventBusName === "string" ? `${eventBusName}/` : ""}${name}`,
  "kms/key:Key": regional("kms", "key/"),
  "kms/replicaKey:ReplicaKey": regional("kms", "key/"),
  "rds/cluster:Cluster": regional("rds", "cluster:"),
  "rds/globalCluster:GlobalCluster": (name) => `arn:aws:rds::${ACCOUNT}:global-cluster:${name}`,
  "ec2/subnet:Subnet": regional("ec2", "subnet/subnet-"),
  "s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "sns/topic:Topic": regional("sns"),
  "sqs/queue:Queue": regional("sqs"),
  "sfn/stateMachine:StateMachine": regional("states", "stateMachine:"),
  "dynamodb/table:Table": regional("dynamodb", "table/"),
  "iam/role:Role": (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  "backup/vault:Vault": regional("backup", "backup-vault:"),
  "secretsmanager/secret:Secret": regional("secretsmanager", "secret:"),
  "secretsmanager/secretVersion:SecretVersion": regional("secretsmanager", "secret:"),
  "fis/experimentTemplate:ExperimentTemplate": regional("fis", "experiment-template/"),
  "arcregionswitch/plan:Plan": (name) => `arn:aws:arc-region-switch::${ACCOUNT}:plan/${name}:abc123`,
  "ssm/parameter:Parameter": (name, region) => `arn:aws:ssm:${region}:${ACCOUNT}:parameter${name.startsWith("/") ? name : `/${name}`}`,
};

/** What the provider would have computed for a registration; nothing for a type whose ARN no policy names. */
export function asOnAws({ type, name, inputs }: Pick<Registered, "type" | "name" | "inputs">): Record<string, unknown> {
  const region = /^standby-|-standby-|-standby$|-replica$/.test(name) ? REGIONS.standby : REGIONS.primary;
  if (type === "aws:apigateway/restApi:RestApi") return { executionArn: `arn:aws:execute-api:${region}:${ACCOUNT}:abcdef1234` };
  const shape = SHAPES[type.replace(/^aws:/, "")];
  if (shape === undefined) return {};
  const physical = inputs.name ?? inputs.clusterIdentifier ?? inputs.globalClusterIdentifier ?? inputs.bucket ?? name;
  return { arn: shape(typeof physical === "string" ? physical : name, region, inputs) };
}
