import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

interface Policy {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Principal: unknown;
    readonly Condition?: unknown;
  }[];
}

/** One rule of a bucket's replication, as registered. */
interface Rule {
  readonly sourceSelectionCriteria: unknown;
  readonly deleteMarkerReplication: { readonly status: string };
  readonly destination: {
    readonly bucket: string;
    readonly replicationTime: unknown;
    readonly metrics: unknown;
    readonly encryptionConfiguration: { readonly replicaKmsKeyId: string };
  };
}

describe("what holds data", function () {
  this.timeout(120_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const named = (name: string): Record<string, unknown> => {
    const found = program.resources.find((one) => one.name === name);
    if (!found) throw new Error(`nothing is named ${name}`);
    return found.inputs;
  };
  const arn = (name: string): string => `arn:aws:mock:us-east-1:123456789012:${name}`;

  before(async () => {
    program = await register("prod");
  });

  describe("the ledger, as the configuration varies it", () => {
    it("has instances of a fixed size, and then no capacity to scale in, where the stack says so; and as many zones", async () => {
      const varied = await register("dev", {
        "trade-failover:database": '{"instanceClass":"db.r7g.large","instances":1}',
        "trade-failover:network": '{"zones":2}',
        "trade-failover:primaryRegion": "ap-northeast-1",
        "trade-failover:standbyRegion": "ap-northeast-2",
      });
      const these = (type: string): Registration[] => varied.resources.filter((one) => one.type === type);
      expect(these("aws:rds/clusterInstance:ClusterInstance").map(({ inputs }) => inputs.instanceClass)).to.deep.equal([
        "db.r7g.large",
        "db.r7g.large",
      ]);
      for (const { inputs } of these("aws:rds/cluster:Cluster")) expect(inputs).to.not.have.property("serverlessv2ScalingConfiguration");
      const zones = new Set(these("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZoneId));
      // By their ids: a zone's name is another place in another account.
      expect([...zones]).to.have.members(["apne1-az1", "apne1-az2", "apne2-az1", "apne2-az2"]);
    });

    it("scales within the configured capacity otherwise", () => {
      for (const { inputs } of of("aws:rds/cluster:Cluster"))
        expect(inputs.serverlessv2ScalingConfiguration).to.deep.equal({ minCapacity: 2, maxCapacity: 64 });
    });
  });

  describe("the tables", () => {
    it("are encrypted with a customer's key of each replica's own region, and recoverable to a point in time in both", () => {
      const tables = of("aws:dynamodb/table:Table");
      expect(tables).to.have.length(3);
      for (const { name, inputs } of tables) {
        expect(inputs.serverSideEncryption, name).to.deep.equal({ enabled: true, kmsKeyArn: arn("primary-key-key") });
        expect(inputs.pointInTimeRecovery, name).to.deep.equal({ enabled: true });
        const [replica] = inputs.replicas as Record<string, unknown>[];
        expect(replica, name).to.include({ regionName: "us-east-2", kmsKeyArn: arn("standby-key-key"), pointInTimeRecovery: true });
      }
    });

    it("are decrypted for whoever may use them, by their service and for nothing else", () => {
      for (const [site, region] of [
        ["primary", "us-east-1"],
        ["standby", "us-east-2"],
      ] as const) {
        const { Statement } = JSON.parse(named(`${site}-key-key`).policy as string) as Policy;
        const open = Statement.filter(({ Principal }) => (Principal as { AWS?: string }).AWS === "*");
        expect(open).to.have.length(1);
        expect(open[0]?.Condition).to.deep.equal({
          StringEquals: {
            "kms:CallerAccount": "123456789012",
            "kms:ViaService": [`dynamodb.${region}.amazonaws.com`, `secretsmanager.${region}.amazonaws.com`],
          },
        });
      }
    });
  });

  describe("the ledger on MySQL", () => {
    it("forces TLS and strict numbers, tells what an auditor asks for, and is what the functions are told", async () => {
      const mysql = await register("prod", { "trade-failover:database": '{"engine":"aurora-mysql"}' });
      const inputsOf = (name: string) => mysql.resources.find((one) => one.name === name)?.inputs ?? {};
      expect(inputsOf("ledger-cluster")).to.include({ engine: "aurora-mysql", engineVersion: "8.0.mysql_aurora.3.10.0" });
      for (const site of ["primary", "standby"]) {
        expect(inputsOf(`${site}-ledger-cluster`)).to.deep.include({
          engine: "aurora-mysql",
          enabledCloudwatchLogsExports: ["audit", "error", "slowquery"],
          enableHttpEndpoint: true,
        });
        const group = inputsOf(`${site}-ledger-parameters`);
        expect(group.family).to.equal("aurora-mysql8.0");
        const values = new Map((group.parameters as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
        expect(values.get("require_secure_transport")).to.equal("ON");
        expect(values.get("sql_mode")).to.contain("STRICT_TRANS_TABLES");
        for (const log of ["audit", "error", "slowquery"])
          expect(inputsOf(`${site}-ledger-${log}-log`).name).to.equal(`/aws/rds/cluster/trade-${site}-ledger-prod/${log}`);
        const { variables } = inputsOf(`${site}-work-reconciler-function`).environment as { variables: Record<string, string> };
        expect(variables.LEDGER_ENGINE).to.equal("aurora-mysql");
      }
    });
  });

  describe("the ledger", () => {
    it("has all that its row of features asks of a cluster, in both regions alike", () => {
      for (const site of ["primary", "standby"]) {
        const cluster = named(`${site}-ledger-cluster`);
        expect(cluster).to.deep.include({
          engine: "aurora-postgresql",
          storageEncrypted: true,
          kmsKeyId: arn(`${site}-key-key`),
          backupRetentionPeriod: 35,
          enabledCloudwatchLogsExports: ["postgresql"],
          iamDatabaseAuthenticationEnabled: true,
          enableGlobalWriteForwarding: true,
          enableHttpEndpoint: true,
          copyTagsToSnapshot: true,
          deletionProtection: true,
          serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 64 },
        });
        expect(named(`${site}-ledger-parameters`).parameters).to.deep.equal([
          { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
          { name: "log_connections", value: "1", applyMethod: "immediate" },
          { name: "log_statement", value: "ddl", applyMethod: "immediate" },
          { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
        ]);
        const instances = of("aws:rds/clusterInstance:ClusterInstance").filter(({ name }) => name.startsWith(site));
        expect(instances).to.have.length(2);
        for (const { inputs } of instances) {
          expect(inputs).to.include({
            instanceClass: "db.serverless",
            publiclyAccessible: false,
            performanceInsightsEnabled: true,
            performanceInsightsKmsKeyId: arn(`${site}-key-key`),
          });
        }
        expect(named(`${site}-ledger-postgresql-log`)).to.deep.include({
          name: `/aws/rds/cluster/trade-${site}-ledger-prod/postgresql`,
          retentionInDays: 365,
          kmsKeyId: arn(`${site}-key-key`),
        });
      }
    });

    it("keeps its credentials in both regions, each copy under a key of its region", () => {
      const secret = named("ledger-secret");
      expect(secret.kmsKeyId).to.equal(arn("primary-key-key"));
      expect(secret.replicas).to.deep.equal([{ region: "us-east-2", kmsKeyId: arn("standby-key-key") }]);
    });
  });

  describe("the objects", () => {
    const PURPOSES = ["audit", "assets", "configuration"];

    it("have one key in two regions", () => {
      expect(named("objects-key-key")).to.include({ multiRegion: true, enableKeyRotation: true });
      expect(named("objects-key-replica").primaryKeyArn).to.equal(arn("objects-key-key"));
    });

    it("are replicated both ways, within 15 minutes and measured, encrypted with the key of the region they come to", () => {
      for (const purpose of PURPOSES) {
        for (const [site, peer, peerKey] of [
          ["primary", "standby", "objects-key-replica"],
          ["standby", "primary", "objects-key-key"],
        ] as const) {
          const { bucket, rules } = named(`global-${purpose}-${site}-rule`);
          expect(bucket).to.equal(`${site}-objects-${purpose}-bucket-id`);
          const [rule] = rules as [Rule];
          expect(rule.destination.bucket).to.equal(arn(`${peer}-objects-${purpose}-bucket`));
          expect(rule.destination.encryptionConfiguration.replicaKmsKeyId).to.equal(arn(peerKey));
          expect(rule.destination.replicationTime).to.deep.equal({ status: "Enabled", time: { minutes: 15 } });
          expect(rule.destination.metrics).to.deep.equal({ status: "Enabled", eventThreshold: { minutes: 15 } });
          expect(rule.sourceSelectionCriteria).to.deep.equal({
            sseKmsEncryptedObjects: { status: "Enabled" },
            replicaModifications: { status: "Enabled" },
          });
          expect(rule.deleteMarkerReplication.status).to.equal(purpose === "audit" ? "Disabled" : "Enabled");
        }
      }
    });

    it("are in buckets that are versioned, closed to the public and to plain HTTP, and end what is left of uploads", () => {
      const buckets = of("aws:s3/bucket:Bucket").map(({ name }) => name);
      expect(buckets).to.have.length(8);
      for (const name of buckets) {
        const part = (suffix: string): Record<string, unknown> => named(name.replace(/-bucket$/, suffix));
        expect(part("-versioning").versioningConfiguration).to.deep.equal({ status: "Enabled" });
        expect(Object.entries(part("-private")).filter(([key, value]) => key !== "bucket" && value !== true)).to.deep.equal([]);
        const { Statement } = JSON.parse(part("-policy").policy as string) as Policy;
        expect(Statement[0]).to.deep.include({ Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
        expect(JSON.stringify(part("-lifecycle").rules)).to.include("abortIncompleteMultipartUpload");
        const [rule] = part("-encryption").rules as { applyServerSideEncryptionByDefault: { sseAlgorithm: string } }[];
        expect(rule?.applyServerSideEncryptionByDefault.sseAlgorithm).to.equal(name.includes("access-logs") ? "AES256" : "aws:kms");
      }
    });

    it("leave a log of who read and wrote them, in a bucket that takes it from them only", () => {
      for (const site of ["primary", "standby"]) {
        for (const purpose of PURPOSES) {
          expect(named(`${site}-objects-${purpose}-log`)).to.include({
            targetBucket: `${site}-objects-access-logs-bucket-id`,
            targetPrefix: `${purpose}/`,
          });
        }
        const region = site === "primary" ? "us-east-1" : "us-east-2";
        const { Statement } = JSON.parse(named(`${site}-objects-access-logs-policy`).policy as string) as Policy;
        expect(Statement[1]?.Condition).to.deep.equal({
          ArnLike: { "aws:SourceArn": PURPOSES.map((purpose) => `arn:aws:s3:::trade-${purpose}-${region}-123456789012-prod`) },
          StringEquals: { "aws:SourceAccount": "123456789012" },
        });
      }
    });

    it("of the audit log can be changed by nobody, in both regions, for as long as the stack says", () => {
      const locked = of("aws:s3/bucket:Bucket").filter(({ inputs }) => inputs.objectLockEnabled === true);
      expect(locked.map(({ name }) => name)).to.have.members(["primary-objects-audit-bucket", "standby-objects-audit-bucket"]);
      const locks = of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
      expect(locks).to.have.length(2);
      for (const { inputs } of locks) expect(inputs.rule).to.deep.equal({ defaultRetention: { mode: "COMPLIANCE", days: 2557 } });
    });
  });
});
