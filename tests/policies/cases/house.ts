import { resource, UNKNOWN_TEXT, world } from "../world";
import { field, type Case } from "./case";

const queue = resource("aws:sqs/queue:Queue", "queue", { name: "trades-test" });
const TABLE = "aws:dynamodb/table:Table";

/** Tags, names, providers, regions. */
export const houseCases: readonly Case[] = [
  {
    policy: "required-tags",
    good: world(queue),
    fields: [
      field("primary-region", "defaultTags.tags.Project", ["", undefined], { unknownAt: "defaultTags", wrong: 42 }),
      field("primary-region", "defaultTags.tags.Site", [undefined], { unknownAt: "defaultTags" }),
      field("primary-region", "defaultTags", [undefined], { wrong: 42 }),
      field("queue", "tags", [{ Environment: "" }], { wrong: "Project" }),
    ],
  },
  {
    policy: "tags-reach-copies",
    good: world(
      resource(TABLE, "table", { replicas: [{ regionName: "us-east-2", propagateTags: true }] }),
      resource("aws:rds/cluster:Cluster", "cluster", { copyTagsToSnapshot: true }),
      resource("aws:autoscaling/group:Group", "group", { tags: [{ key: "Project", value: "x", propagateAtLaunch: true }] }),
      resource("aws:ecs/service:Service", "service", { propagateTags: "SERVICE" }),
      resource("aws:ec2/launchTemplate:LaunchTemplate", "template", {
        tagSpecifications: [{ resourceType: "instance" }, { resourceType: "volume" }],
      }),
    ),
    fields: [
      field("table", "replicas.0.propagateTags", [false, undefined]),
      field("cluster", "copyTagsToSnapshot", [false, undefined]),
      field("group", "tags.0.propagateAtLaunch", [false, undefined]),
      field("group", "tags", [[], undefined]),
      field("service", "propagateTags", ["NONE", undefined]),
      field("template", "tagSpecifications.0.resourceType", ["spot-instances-request", undefined]),
      field("template", "tagSpecifications", [[], undefined]),
    ],
  },
  {
    policy: "environment-suffix",
    good: world(
      queue,
      resource("aws:s3/bucket:Bucket", "bucket", { bucketPrefix: "audit-test-" }),
      resource("aws:rds/cluster:Cluster", "cluster", { clusterIdentifier: "ledger-test", finalSnapshotIdentifier: "ledger-final-test" }),
      resource("aws:ssm/parameter:Parameter", "parameter", { name: "/trades/test/limits" }),
    ),
    fields: [
      field("queue", "name", ["trades", "trades-test2", "test-trades"]),
      field("bucket", "bucketPrefix", ["audit-", "audit-test"]),
      field("cluster", "clusterIdentifier", ["ledger-prod"]),
      field("cluster", "finalSnapshotIdentifier", ["ledger-final"]),
      field("parameter", "name", ["/trades/limits"]),
      field("primary-region", "defaultTags.tags.Environment", ["prod", undefined], { unknownAt: "defaultTags" }),
    ],
  },
  {
    policy: "explicit-provider",
    good: world(queue),
    fields: [field("queue", "opts.provider", [""]), field("primary-region", "opts.name", ["default", "default_7_48_0"])],
  },
  {
    policy: "allowed-regions",
    good: world(
      queue,
      resource(TABLE, "table", { replicas: [{ regionName: "us-east-2" }], globalTableWitness: { regionName: "us-west-2" } }),
      resource("aws:secretsmanager/secret:Secret", "secret", { replicas: [{ region: "us-east-2" }] }),
    ),
    fields: [
      field("primary-region", "region", ["eu-west-1", undefined]),
      field("queue", "region", ["eu-west-1"]),
      field("table", "replicas.0.regionName", ["eu-west-1", undefined]),
      field("table", "globalTableWitness.regionName", ["eu-west-1", undefined]),
      field("secret", "replicas.0.region", ["eu-west-1", undefined]),
    ],
  },
  {
    policy: "environment-suffix",
    config: { "environment-suffix": { suffix: "blue" } },
    good: world(resource("aws:sqs/queue:Queue", "queue", { name: "trades-blue.fifo", kmsMasterKeyId: UNKNOWN_TEXT })),
    fields: [field("queue", "name", ["trades-test.fifo", "trades-blue-fifo"])],
  },
];
