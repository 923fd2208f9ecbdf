import { arn, resource, world } from "../world";
import { field, type Case } from "./case";

const TABLE = "aws:dynamodb/table:Table";
const BUCKET = "aws:s3/bucket:Bucket";
const QUEUE = "aws:sqs/queue:Queue";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LONGEST = 1_209_600;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const standbyBucket = resource(BUCKET, "standby-audit", {}, { site: "standby" });
const replication = {
  status: "Enabled",
  filter: { prefix: "" },
  destination: {
    bucket: arn(BUCKET, "standby-audit", "standby"),
    replicationTime: { status: "Enabled" },
    metrics: { status: "Enabled" },
  },
};
const heartbeats = (site: "primary" | "standby") => [
  resource(ALARM, `${site}-readiness`, { metricName: "FailoverReadiness", treatMissingData: "breaching" }, { site }),
  resource(
    ALARM,
    `${site}-lease`,
    { metricQueries: [{ id: "m", metric: { metricName: "LeaseUnrenewed" } }], treatMissingData: "breaching" },
    { site },
  ),
];

/** What survives, by itself and over both regions. */
export const resilienceCases: readonly Case[] = [
  {
    policy: "table-replication",
    good: world(resource(TABLE, "table", { replicas: [{ regionName: "us-east-2" }] }), resource(QUEUE, "queue", {}, { site: "standby" })),
    fields: [field("table", "replicas", [[], undefined]), field("table", "replicas.0.regionName", ["us-west-2", "us-east-1", undefined])],
  },
  {
    policy: "bucket-replication",
    config: { "bucket-replication": { exempt: { "standby-audit": "the other side of the pair in this test" } } },
    good: world(
      resource(BUCKET, "audit", {}),
      standbyBucket,
      resource("aws:s3/bucketVersioning:BucketVersioning", "versioning", {
        bucket: "audit-id",
        versioningConfiguration: { status: "Enabled" },
      }),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "replication", { bucket: "audit-id", rules: [replication] }),
    ),
    fields: [
      field("versioning", "bucket", ["other-id", undefined]),
      field("versioning", "versioningConfiguration.status", ["Suspended", undefined]),
      field("replication", "bucket", ["other-id", undefined]),
      field("replication", "rules", [[], undefined]),
      field("replication", "rules.0.status", ["Disabled", undefined]),
      field("replication", "rules.0.destination.bucket", [arn(BUCKET, "audit"), undefined]),
      field("replication", "rules.0.destination.replicationTime.status", ["Disabled", undefined]),
      field("replication", "rules.0.destination.metrics.status", ["Disabled", undefined]),
      field("replication", "rules.0.filter.prefix", ["trades/"]),
    ],
  },
  {
    policy: "secret-replication",
    good: world(
      resource("aws:secretsmanager/secret:Secret", "secret", { replicas: [{ region: "us-east-2" }] }),
      resource(QUEUE, "queue", {}, { site: "standby" }),
    ),
    fields: [field("secret", "replicas", [[], undefined]), field("secret", "replicas.0.region", ["us-west-2", undefined])],
  },
  {
    policy: "point-in-time-recovery",
    good: world(
      resource(TABLE, "table", { pointInTimeRecovery: { enabled: true }, replicas: [{ pointInTimeRecovery: true }] }),
      resource("aws:rds/cluster:Cluster", "cluster", { backupRetentionPeriod: 7 }),
    ),
    fields: [
      field("table", "pointInTimeRecovery.enabled", [false, undefined]),
      field("table", "replicas.0.pointInTimeRecovery", [false, undefined]),
      field("cluster", "backupRetentionPeriod", [1, 0, undefined]),
    ],
  },
  {
    policy: "backup-copies",
    config: { "backup-copies": { required: true, locked: true } },
    good: world(
      resource(TABLE, "table", {}),
      resource("aws:backup/plan:Plan", "plan", {
        rules: [
          {
            copyActions: [{ destinationVaultArn: arn("aws:backup/vault:Vault", "standby-vault", "standby") }],
            lifecycle: { deleteAfter: 35 },
          },
        ],
      }),
      resource("aws:backup/selection:Selection", "selection", { planId: "plan-id" }),
      resource("aws:backup/vault:Vault", "vault", { name: "vault-test" }),
      resource("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "lock", { backupVaultName: "vault-test", minRetentionDays: 7 }),
    ),
    fields: [
      field("plan", "rules", [[], undefined]),
      field("plan", "rules.0.copyActions", [[], undefined]),
      field("plan", "rules.0.copyActions.0.destinationVaultArn", [arn("aws:backup/vault:Vault", "vault"), undefined]),
      field("plan", "rules.0.lifecycle.deleteAfter", [1]),
      field("plan", "opts.type", ["aws:backup/reportPlan:ReportPlan"]),
      field("selection", "planId", ["other-id", undefined]),
      field("lock", "backupVaultName", ["other", undefined]),
      field("lock", "minRetentionDays", [0, undefined]),
    ],
  },
  {
    policy: "deletion-protection",
    good: world(
      resource("aws:rds/cluster:Cluster", "cluster", { deletionProtection: true }),
      resource(TABLE, "table", { deletionProtectionEnabled: true, replicas: [{ deletionProtectionEnabled: true }] }),
      resource("aws:lb/loadBalancer:LoadBalancer", "balancer", { enableDeletionProtection: true }),
    ),
    fields: [
      field("cluster", "deletionProtection", [false, undefined]),
      field("table", "deletionProtectionEnabled", [false, undefined]),
      field("table", "replicas.0.deletionProtectionEnabled", [false, undefined]),
      field("balancer", "enableDeletionProtection", [false, undefined]),
    ],
  },
  {
    policy: "deletion-protection",
    config: { "deletion-protection": { required: false } },
    good: world(resource("aws:rds/cluster:Cluster", "cluster", { deletionProtection: false })),
    fields: [field("cluster", "deletionProtection", [])],
  },
  {
    policy: "log-retention",
    good: world(
      resource("aws:cloudwatch/logGroup:LogGroup", "logs", { retentionInDays: 30 }),
      resource("aws:cloudwatch/eventArchive:EventArchive", "archive", { retentionDays: 30 }),
    ),
    fields: [field("logs", "retentionInDays", [7, 0, undefined]), field("archive", "retentionDays", [7, 0, undefined])],
  },
  {
    policy: "dead-letters",
    good: world(
      resource(QUEUE, "queue", { redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(QUEUE, "dlq"), maxReceiveCount: 5 }) }),
      resource(QUEUE, "dlq", { messageRetentionSeconds: LONGEST }),
      resource("aws:cloudwatch/eventTarget:EventTarget", "target", { deadLetterConfig: { arn: arn(QUEUE, "dlq") } }),
      resource("aws:scheduler/schedule:Schedule", "schedule", { target: { deadLetterConfig: { arn: arn(QUEUE, "dlq") } } }),
      resource("aws:sns/topicSubscription:TopicSubscription", "subscription", { protocol: "sqs", redrivePolicy: "{}" }),
    ),
    fields: [
      field("queue", "redrivePolicy", ["", undefined], { wrong: 42 }),
      field("queue", "redrivePolicy.maxReceiveCount", [1, 1000, undefined], { unknownAt: "redrivePolicy" }),
      field("queue", "redrivePolicy.deadLetterTargetArn", ["", undefined], { unknownAt: null }),
      field("dlq", "messageRetentionSeconds", [345_600, undefined]),
      field("target", "deadLetterConfig", [undefined]),
      field("target", "deadLetterConfig.arn", ["", undefined]),
      field("schedule", "target.deadLetterConfig.arn", ["", undefined]),
      field("subscription", "redrivePolicy", ["", undefined], { wrong: null }),
    ],
  },
  {
    policy: "queue-consumers",
    good: world(
      resource(QUEUE, "queue", { visibilityTimeoutSeconds: 180 }),
      resource("aws:lambda/function:Function", "function", { name: "reader", timeout: 30 }),
      resource("aws:lambda/eventSourceMapping:EventSourceMapping", "mapping", {
        eventSourceArn: arn(QUEUE, "queue"),
        functionName: "reader",
        functionResponseTypes: ["ReportBatchItemFailures"],
      }),
    ),
    fields: [
      field("mapping", "functionResponseTypes", [[], undefined]),
      field("queue", "visibilityTimeoutSeconds", [30, 179, undefined]),
      field("function", "timeout", [31], { wrong: null }),
    ],
  },
  {
    policy: "alarm-missing-data",
    good: world(
      resource(ALARM, "errors", { metricName: "Errors", treatMissingData: "notBreaching", alarmActions: ["arn"] }),
      resource(ALARM, "age", { metricName: "ApproximateAgeOfOldestMessage", treatMissingData: "breaching", alarmActions: ["arn"] }),
      resource(ALARM, "shared", {
        metricQueries: [
          { id: "m0", metric: { metricName: "Errors" } },
          { id: "m1", metric: { metricName: "Throttles" } },
          { id: "watched", expression: "SUM(FILL(METRICS(), 0))", returnData: true },
        ],
        treatMissingData: "notBreaching",
        alarmActions: ["arn"],
      }),
    ),
    fields: [
      field("errors", "treatMissingData", ["ignore", "missing", undefined]),
      field("errors", "metricName", ["FailoverReadiness", undefined]),
      field("age", "treatMissingData", ["notBreaching", undefined]),
      field("shared", "treatMissingData", ["ignore", undefined]),
      field("shared", "metricQueries.1.metric.metricName", ["FailoverReadiness", undefined]),
      field("shared", "metricQueries", [[], undefined]),
    ],
  },
  {
    policy: "alarm-actions",
    good: world(
      resource(ALARM, "errors", { name: "errors-test", alarmActions: ["arn:aws:sns:us-east-1:1:topic"] }),
      resource(ALARM, "lag", { name: "lag-test" }),
      resource("aws:cloudwatch/compositeAlarm:CompositeAlarm", "impaired", {
        alarmName: "impaired-test",
        alarmRule: 'ALARM("lag-test") OR ALARM("errors-test")',
        alarmActions: ["arn:aws:sns:us-east-1:1:topic"],
      }),
    ),
    fields: [
      field("impaired", "alarmActions", [[], undefined]),
      field("impaired", "alarmRule", ['ALARM("errors-test")', "", undefined]),
      field("impaired", "actionsEnabled", [false], { wrong: null }),
      field("lag", "name", ["other-test", undefined]),
    ],
  },
  {
    policy: "heartbeat-alarms",
    good: world(resource("aws:sfn/stateMachine:StateMachine", "machine", {}), ...heartbeats("primary"), ...heartbeats("standby")),
    fields: [
      field("primary-readiness", "metricName", ["Errors", undefined]),
      field("primary-readiness", "treatMissingData", ["notBreaching", undefined]),
      field("standby-lease", "metricQueries", [[], undefined]),
      field("standby-lease", "metricQueries.0.metric.metricName", ["TradesSettled", undefined]),
      field("standby-lease", "treatMissingData", ["missing", undefined]),
    ],
  },
  {
    policy: "zone-redundancy",
    good: world(
      resource("aws:rds/subnetGroup:SubnetGroup", "subnets", { subnetIds: ["subnet-1", "subnet-2"] }),
      resource("aws:lb/loadBalancer:LoadBalancer", "balancer", { subnets: ["subnet-1", "subnet-2"] }),
      resource("aws:autoscaling/group:Group", "servers", { vpcZoneIdentifiers: ["subnet-1", "subnet-2"], minSize: 2 }),
      resource("aws:ecs/service:Service", "service", { desiredCount: 2 }),
      resource("aws:rds/cluster:Cluster", "cluster", {}),
      resource("aws:rds/clusterInstance:ClusterInstance", "one", { clusterIdentifier: "cluster-id" }),
      resource("aws:rds/clusterInstance:ClusterInstance", "two", { clusterIdentifier: "cluster-id" }),
    ),
    fields: [
      field("subnets", "subnetIds", [["subnet-1"], ["subnet-1", "subnet-1"], undefined]),
      field("balancer", "subnets", [["subnet-1"], undefined]),
      field("servers", "vpcZoneIdentifiers", [["subnet-1"], undefined]),
      field("servers", "minSize", [1, 0, undefined]),
      field("service", "desiredCount", [1]),
      field("two", "clusterIdentifier", ["other-id", undefined]),
    ],
  },
  {
    policy: "regional-parity",
    good: world(
      ...(["primary", "standby"] as const).flatMap((site) => [
        resource(QUEUE, `${site}-queue`, { visibilityTimeoutSeconds: 180 }, { site }),
        resource(
          "aws:lambda/function:Function",
          `${site}-reader`,
          { timeout: 30, memorySize: 512, handler: "index.handler", environment: { variables: { QUEUE: `https://sqs/${site}` } } },
          { site },
        ),
        resource(
          "aws:sfn/stateMachine:StateMachine",
          `${site}-failover`,
          {
            definition: JSON.stringify({
              StartAt: "A",
              States: { A: { Type: "Task", Resource: arn("aws:lambda/function:Function", `${site}-reader`, site) } },
            }),
          },
          { site },
        ),
        resource(
          "aws:ec2/launchTemplate:LaunchTemplate",
          `${site}-template`,
          { instanceType: "c7g.large", userData: base64(`#!/bin/bash\nQUEUE="https://sqs/${site}"\nrun in ${site}\n`) },
          { site },
        ),
      ]),
      resource(TABLE, "tables-journal", {}),
    ),
    fields: [
      field("standby-template", "instanceType", ["c7g.medium"]),
      field("standby-template", "userData", [
        base64('#!/bin/bash\nTOPIC="https://sns/standby"\nrun in standby\n'),
        base64('#!/bin/bash\nQUEUE="https://sqs/standby"\nrun in another\n'),
      ]),
      field("standby-queue", "visibilityTimeoutSeconds", [30, undefined]),
      field("standby-queue", "opts.name", ["standby-another"]),
      field("standby-queue", "opts.type", ["aws:sns/topic:Topic"]),
      field("standby-reader", "timeout", [3, undefined]),
      field("standby-reader", "memorySize", [128, undefined]),
      field("standby-reader", "handler", ["other.handler"]),
      field("standby-reader", "environment.variables", [{}, { TOPIC: "x" }]),
      field("standby-failover", "definition", [JSON.stringify({ StartAt: "B", States: {} })]),
      field("tables-journal", "opts.type", [QUEUE]),
    ],
  },
];
