import { resource, world } from "../world";
import { field, type Case } from "./case";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/1";

/** Encryption at rest, type by type. */
export const encryptionCases: readonly Case[] = [
  {
    policy: "queue-encryption",
    good: world(
      resource("aws:sqs/queue:Queue", "managed", { sqsManagedSseEnabled: true }),
      resource("aws:sqs/queue:Queue", "keyed", { kmsMasterKeyId: KEY }),
    ),
    fields: [field("managed", "sqsManagedSseEnabled", [false, undefined]), field("keyed", "kmsMasterKeyId", ["", undefined])],
  },
  {
    policy: "queue-encryption",
    config: { "queue-encryption": { customerKey: true } },
    good: world(resource("aws:sqs/queue:Queue", "keyed", { kmsMasterKeyId: KEY, sqsManagedSseEnabled: true })),
    fields: [field("keyed", "kmsMasterKeyId", ["", undefined])],
  },
  {
    policy: "topic-encryption",
    good: world(resource("aws:sns/topic:Topic", "topic", { kmsMasterKeyId: KEY })),
    fields: [field("topic", "kmsMasterKeyId", ["", "alias/aws/sns", undefined])],
  },
  {
    policy: "table-encryption",
    config: { "table-encryption": { customerKey: true } },
    good: world(
      resource("aws:dynamodb/table:Table", "table", {
        serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
        replicas: [{ regionName: "us-east-2", kmsKeyArn: KEY }],
      }),
    ),
    fields: [
      field("table", "serverSideEncryption.enabled", [false, undefined]),
      field("table", "serverSideEncryption.kmsKeyArn", ["", undefined]),
      field("table", "replicas.0.kmsKeyArn", ["", undefined]),
    ],
  },
  {
    policy: "database-encryption",
    good: world(
      resource("aws:rds/globalCluster:GlobalCluster", "global", { storageEncrypted: true }),
      resource("aws:rds/cluster:Cluster", "cluster", { storageEncrypted: true, kmsKeyId: KEY }),
      resource("aws:rds/clusterInstance:ClusterInstance", "member", { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: KEY }),
      resource("aws:rds/instance:Instance", "instance", { storageEncrypted: true, kmsKeyId: KEY }),
    ),
    fields: [
      field("global", "storageEncrypted", [false, undefined]),
      field("cluster", "storageEncrypted", [false, undefined]),
      field("cluster", "kmsKeyId", ["", undefined]),
      field("member", "performanceInsightsKmsKeyId", ["", undefined]),
      field("instance", "storageEncrypted", [false, undefined]),
      field("instance", "kmsKeyId", ["", undefined]),
    ],
  },
  {
    policy: "bucket-encryption",
    good: world(
      resource("aws:s3/bucket:Bucket", "bucket", { bucket: "audit-test" }),
      resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "encryption", {
        bucket: "bucket-id",
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY }, bucketKeyEnabled: true }],
      }),
    ),
    fields: [
      field("encryption", "bucket", ["other-id", undefined]),
      field("encryption", "rules", [[], undefined]),
      field("encryption", "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", ["AES256", undefined]),
      field("encryption", "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId", ["", undefined]),
      field("encryption", "rules.0.bucketKeyEnabled", [false, undefined]),
    ],
  },
  {
    policy: "log-group-encryption",
    good: world(resource("aws:cloudwatch/logGroup:LogGroup", "logs", { kmsKeyId: KEY })),
    fields: [field("logs", "kmsKeyId", ["", undefined])],
  },
  {
    policy: "log-group-encryption",
    config: { "log-group-encryption": { customerKey: false } },
    good: world(resource("aws:cloudwatch/logGroup:LogGroup", "logs", {})),
    fields: [field("logs", "kmsKeyId", [42])],
  },
  {
    policy: "secret-encryption",
    config: { "secret-encryption": { customerKey: true } },
    good: world(
      resource("aws:secretsmanager/secret:Secret", "secret", { kmsKeyId: KEY, replicas: [{ region: "us-east-2", kmsKeyId: KEY }] }),
    ),
    fields: [field("secret", "kmsKeyId", ["", undefined]), field("secret", "replicas.0.kmsKeyId", ["", undefined])],
  },
  {
    policy: "volume-encryption",
    good: world(
      resource("aws:ebs/volume:Volume", "volume", { encrypted: true }),
      resource("aws:ebs/encryptionByDefault:EncryptionByDefault", "standard", { enabled: true }),
      resource("aws:efs/fileSystem:FileSystem", "files", { encrypted: true }),
      resource("aws:ec2/instance:Instance", "server", { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ encrypted: true }] }),
      resource("aws:ec2/launchTemplate:LaunchTemplate", "template", { blockDeviceMappings: [{ ebs: { encrypted: true } }] }),
    ),
    fields: [
      field("volume", "encrypted", [false, undefined]),
      field("standard", "enabled", [false]),
      field("files", "encrypted", [false, undefined]),
      field("server", "rootBlockDevice", [undefined]),
      field("server", "rootBlockDevice.encrypted", [false, undefined]),
      field("server", "ebsBlockDevices.0.encrypted", [false, undefined]),
      field("template", "blockDeviceMappings", [[], undefined], { wrong: null }),
      field("template", "blockDeviceMappings.0.ebs.encrypted", [false, undefined]),
    ],
  },
  {
    policy: "registry-encryption",
    good: world(
      resource("aws:ecr/repository:Repository", "images", {
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: KEY }],
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      }),
    ),
    fields: [
      field("images", "encryptionConfigurations", [[], undefined]),
      field("images", "encryptionConfigurations.0.encryptionType", ["AES256", undefined]),
      field("images", "encryptionConfigurations.0.kmsKey", ["", undefined]),
      field("images", "imageTagMutability", ["MUTABLE", undefined]),
      field("images", "imageScanningConfiguration.scanOnPush", [false, undefined]),
    ],
  },
  {
    policy: "vault-encryption",
    good: world(
      resource("aws:backup/vault:Vault", "vault", { kmsKeyArn: KEY }),
      resource("aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault", "gapped", { encryptionKeyArn: KEY }),
    ),
    fields: [field("vault", "kmsKeyArn", ["", undefined]), field("gapped", "encryptionKeyArn", ["", undefined])],
  },
  {
    policy: "stream-encryption",
    good: world(
      resource("aws:kinesis/stream:Stream", "stream", { encryptionType: "KMS", kmsKeyId: KEY }),
      resource("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "delivery", {
        serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
      }),
    ),
    fields: [
      field("stream", "encryptionType", ["NONE", undefined]),
      field("stream", "kmsKeyId", ["", undefined]),
      field("delivery", "serverSideEncryption", [undefined]),
      field("delivery", "serverSideEncryption.enabled", [false, undefined]),
      field("delivery", "serverSideEncryption.keyArn", ["", undefined]),
    ],
  },
  {
    policy: "parameter-encryption",
    good: world(
      resource("aws:ssm/parameter:Parameter", "secret", { name: "/trades/test/api-key", type: "SecureString", keyId: KEY }),
      resource("aws:ssm/parameter:Parameter", "plain", { name: "/trades/test/limits", type: "String" }),
    ),
    fields: [
      field("secret", "type", ["String", undefined]),
      field("secret", "keyId", ["", undefined]),
      field("plain", "type", ["Text", undefined]),
      field("plain", "name", ["/trades/test/password"], { wrong: null }),
    ],
  },
  {
    policy: "archive-encryption",
    good: world(
      resource("aws:cloudwatch/eventArchive:EventArchive", "archive", { kmsKeyIdentifier: KEY }),
      resource("aws:cloudwatch/eventBus:EventBus", "bus", { kmsKeyIdentifier: KEY }),
    ),
    fields: [field("archive", "kmsKeyIdentifier", ["", undefined]), field("bus", "kmsKeyIdentifier", ["", undefined])],
  },
  {
    policy: "key-rotation",
    good: world(resource("aws:kms/key:Key", "key", { enableKeyRotation: true, deletionWindowInDays: 30 })),
    fields: [field("key", "enableKeyRotation", [false, undefined]), field("key", "deletionWindowInDays", [7, 29])],
  },
];
