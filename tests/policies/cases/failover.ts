import { arn, resource, world } from "../world";
import { field, type Case, type Field } from "./case";

const CHECK = "aws:route53/healthCheck:HealthCheck";
const RECORD = "aws:route53/record:Record";
const FUNCTION = "aws:lambda/function:Function";
const MACHINE = "aws:sfn/stateMachine:StateMachine";
const CLUSTER = "aws:rds/cluster:Cluster";
const IGNORED = ["replicationSourceIdentifier", "globalClusterIdentifier", "engineVersion"];

const step = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: arn(FUNCTION, "step") },
  TimeoutSeconds: 30,
  Retry: [{ ErrorEquals: ["States.ALL"] }],
  Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
  Next: "Done",
  ...more,
});
const machine = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    StartAt: "Take",
    TimeoutSeconds: 3600,
    States: { Take: step(more), Done: { Type: "Succeed" }, Failed: { Type: "Fail" } },
  });
const allowed = (statement: Record<string, unknown>): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

const pair = [
  resource(CHECK, "ready", { type: "HTTPS", requestInterval: 10, failureThreshold: 2 }, { protect: true }),
  resource(CHECK, "serves", { type: "CALCULATED", childHealthchecks: ["ready-id"], childHealthThreshold: 1 }, { protect: true }),
  resource(RECORD, "first", {
    name: "trades.example.com",
    type: "CNAME",
    ttl: 10,
    failoverRoutingPolicies: [{ type: "PRIMARY" }],
    healthCheckId: "serves-id",
  }),
  resource(RECORD, "second", {
    name: "trades.example.com",
    type: "CNAME",
    ttl: 10,
    failoverRoutingPolicies: [{ type: "SECONDARY" }],
    healthCheckId: "ready-id",
  }),
];
const sentinel = [
  resource(FUNCTION, "sentinel", { timeout: 125, environment: { variables: { LEASE_LENGTH_SECONDS: "15", LEASE_RENEWAL_SECONDS: "5" } } }),
  resource("aws:scheduler/schedule:Schedule", "minute", {
    scheduleExpression: "rate(1 minute)",
    target: { arn: arn(FUNCTION, "sentinel") },
  }),
];
/** A part of a text that is unknown as a whole. */
const within = (on: string, path: string, bad: readonly unknown[], more: Partial<Field> = {}): Field =>
  field(on, path, bad, { wrong: null, unknownAt: path.split(".")[0] ?? null, ...more });

/** What failover itself needs. */
export const failoverCases: readonly Case[] = [
  {
    policy: "rto-budget",
    good: world(...pair, ...sentinel, resource(MACHINE, "failover", { name: "failover-test", definition: machine() })),
    fields: [
      field("ready", "requestInterval", [30]),
      field("ready", "failureThreshold", [10]),
      field("serves", "childHealthchecks", [[], undefined], { wrong: null }),
      field("first", "ttl", [60, undefined]),
      field("first", "aliases", [[{ name: "x" }]], { wrong: null }),
      field("first", "healthCheckId", [undefined], { wrong: null }),
      field("sentinel", "environment.variables.LEASE_LENGTH_SECONDS", ["60"]),
      field("sentinel", "environment.variables.LEASE_RENEWAL_SECONDS", ["45", undefined]),
      field("sentinel", "timeout", [20]),
      field("minute", "scheduleExpression", ["rate(1 hour)", "cron(0 * * * ? *)", undefined]),
      field("minute", "target.arn", [arn(FUNCTION, "other"), undefined]),
      within("failover", "definition.TimeoutSeconds", [86_000, undefined]),
    ],
  },
  {
    policy: "static-stability",
    good: world(
      resource("aws:iam/role:Role", "machine-role", {}),
      resource("aws:iam/rolePolicy:RolePolicy", "machine-policy", {
        role: "machine-role-id",
        policy: allowed({ Action: "lambda:InvokeFunction", Resource: arn(FUNCTION, "step") }),
      }),
      resource("aws:iam/role:Role", "step-role", {}),
      resource("aws:iam/rolePolicy:RolePolicy", "step-policy", {
        role: "step-role-id",
        policy: allowed({ Action: "rds:FailoverGlobalCluster", Resource: [arn(CLUSTER, "own"), arn(CLUSTER, "peer", "standby")] }),
      }),
      resource(FUNCTION, "step", { role: arn("aws:iam/role:Role", "step-role") }),
      resource(MACHINE, "failover", { name: "failover-test", definition: machine(), roleArn: arn("aws:iam/role:Role", "machine-role") }),
    ),
    fields: [
      within("failover", "definition.States.Take.Resource", [
        "arn:aws:states:::aws-sdk:route53:changeResourceRecordSets",
        "arn:aws:states:::aws-sdk:iam:putRolePolicy",
      ]),
      within("failover", "definition.States.Take.Arguments", [{ FunctionName: arn(FUNCTION, "step", "standby") }], { unknownAt: null }),
      field("failover", "definition", ["{", "{}"], { wrong: 42 }),
      within("machine-policy", "policy.Statement.0.Action", ["route53:ChangeResourceRecordSets", "lambda:UpdateFunctionConfiguration"]),
      within("machine-policy", "policy.Statement.0.Resource", [arn(FUNCTION, "step", "standby")], { unknownAt: null }),
      within("step-policy", "policy.Statement.0.Action", ["sqs:SendMessage", "dynamodb:UpdateTable"]),
    ],
  },
  {
    policy: "bounded-steps",
    good: world(resource(MACHINE, "failover", { name: "failover-test", definition: machine(), loggingConfiguration: { level: "ALL" } })),
    fields: [
      within("failover", "definition.States.Take.TimeoutSeconds", [undefined, 7200, "soon"]),
      within("failover", "definition.States.Take.Retry", [undefined, []], { unknownAt: null }),
      within("failover", "definition.States.Take.Catch", [undefined, []], { unknownAt: null }),
      field("failover", "definition", ["{", undefined], { wrong: 42 }),
      field("failover", "loggingConfiguration", [undefined], { wrong: null }),
      field("failover", "loggingConfiguration.level", ["OFF", undefined]),
    ],
  },
  {
    policy: "health-checks",
    good: world(...pair),
    fields: [
      field("ready", "disabled", [true]),
      field("ready", "opts.protect", [false]),
      field("ready", "requestInterval", [60]),
      field("ready", "failureThreshold", [10]),
      field("serves", "childHealthchecks", [[], undefined], { wrong: null }),
      field("serves", "childHealthThreshold", [0, undefined]),
      field("first", "healthCheckId", ["", undefined], { wrong: null }),
      field("first", "ttl", [300, undefined]),
      field("first", "aliases", [[{ name: "x", evaluateTargetHealth: true }]], { wrong: null }),
      field("second", "name", ["other.example.com"]),
    ],
  },
  {
    policy: "protected-data",
    good: world(
      resource("aws:dynamodb/table:Table", "table", {}, { protect: true }),
      resource("aws:s3/bucket:Bucket", "bucket", {}, { protect: true }),
    ),
    fields: [field("table", "opts.protect", [false]), field("bucket", "opts.deleteBeforeReplace", [true])],
  },
  {
    policy: "no-data-deletion",
    good: world(
      resource("aws:s3/bucket:Bucket", "bucket", { forceDestroy: false }),
      resource("aws:rds/globalCluster:GlobalCluster", "global", {}),
      resource("aws:ecr/repository:Repository", "images", {}),
      resource("aws:backup/vault:Vault", "vault", {}),
      resource(CLUSTER, "cluster", { skipFinalSnapshot: false, finalSnapshotIdentifier: "final-test" }),
      resource("aws:secretsmanager/secret:Secret", "secret", { recoveryWindowInDays: 30 }),
      resource("aws:kms/key:Key", "key", { deletionWindowInDays: 30 }),
    ),
    fields: [
      field("bucket", "forceDestroy", [true]),
      field("global", "forceDestroy", [true]),
      field("images", "forceDelete", [true]),
      field("vault", "forceDestroy", [true]),
      field("cluster", "skipFinalSnapshot", [true]),
      field("cluster", "finalSnapshotIdentifier", ["", undefined]),
      field("secret", "recoveryWindowInDays", [0]),
      field("key", "deletionWindowInDays", [3]),
    ],
  },
  {
    policy: "no-promotion",
    good: world(
      resource("aws:rds/globalCluster:GlobalCluster", "global", { engine: "aurora-postgresql" }, { ignoreChanges: ["engineVersion"] }),
      resource(CLUSTER, "cluster", { globalClusterIdentifier: "global-id" }, { ignoreChanges: IGNORED }),
      resource("aws:rds/clusterInstance:ClusterInstance", "member", { autoMinorVersionUpgrade: false }),
    ),
    fields: [
      field("global", "sourceDbClusterIdentifier", ["arn:aws:rds:us-east-1:1:cluster:x"], { unknownAt: null }),
      field("global", "opts.ignoreChanges", [[]]),
      field(
        "cluster",
        "opts.ignoreChanges",
        IGNORED.map((missing) => IGNORED.filter((key) => key !== missing)),
      ),
      field("cluster", "globalClusterIdentifier", ["", undefined]),
      field("cluster", "applyImmediately", [true], { wrong: null }),
      field("member", "autoMinorVersionUpgrade", [true]),
    ],
  },
  {
    policy: "runtime-state",
    good: world(
      resource("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", {}, { ignoreChanges: ["enabled"] }),
      resource("aws:ecs/service:Service", "service", { desiredCount: 2 }, { ignoreChanges: ["desiredCount"] }),
      resource(RECORD, "record", { name: "trades.example.com" }),
      resource("aws:ssm/parameter:Parameter", "parameter", { name: "/trades/test/active-region" }, { ignoreChanges: ["value"] }),
    ),
    fields: [
      field("mapping", "opts.ignoreChanges", [[]]),
      field("mapping", "opts.type", ["aws:dynamodb/tableItem:TableItem"]),
      field("service", "opts.ignoreChanges", [[]]),
      field("record", "multivalueAnswerRoutingPolicy", [true], { wrong: null }),
      field("parameter", "opts.ignoreChanges", [[]]),
    ],
  },
  {
    policy: "strong-consistency",
    good: world(
      resource("aws:dynamodb/table:Table", "journal", {
        name: "trade-journal-test",
        replicas: [{ regionName: "us-east-2", consistencyMode: "STRONG" }],
        globalTableWitness: { regionName: "us-west-2" },
        billingMode: "PAY_PER_REQUEST",
      }),
    ),
    fields: [
      field("journal", "replicas", [[], undefined]),
      field("journal", "replicas.0.consistencyMode", ["EVENTUAL", undefined]),
      field("journal", "globalTableWitness", [undefined]),
      field("journal", "globalTableWitness.regionName", ["", undefined]),
      field("journal", "ttl", [{ enabled: true, attributeName: "expiresAt" }], { wrong: null }),
      field("journal", "localSecondaryIndexes", [[{ name: "x" }]]),
      field("journal", "billingMode", ["PROVISIONED", undefined]),
    ],
  },
];
