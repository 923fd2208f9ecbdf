/** What parity reads of a region, from answers as AWS writes them. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { siteReader } from "../../handlers/adapters/parity-site";
import type { SiteReader } from "../../handlers/core/parity-run";

const CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:ledger";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ledger-AbCdEf";

const clusterAnswer = (members: number): string =>
  `<DescribeDBClustersResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClustersResult><DBClusters><DBCluster>
<DBClusterIdentifier>ledger</DBClusterIdentifier><Engine>aurora-postgresql</Engine><EngineVersion>16.8</EngineVersion>
<BackupRetentionPeriod>35</BackupRetentionPeriod><StorageEncrypted>true</StorageEncrypted><HttpEndpointEnabled>true</HttpEndpointEnabled>
<DBClusterMembers>${"<DBClusterMember><DBInstanceIdentifier>x</DBInstanceIdentifier></DBClusterMember>".repeat(members)}</DBClusterMembers>
</DBCluster></DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>`;

describe("parity: reading a region", () => {
  let server: Server;
  let site: SiteReader;
  let replica: object | undefined;
  let recovery = "ENABLED";
  const environmentBefore = { ...process.env };

  before(async () => {
    server = createServer((request, response) => {
      request.resume().on("end", () => {
        const target = String(request.headers["x-amz-target"] ?? request.url);
        const json = (value: object): void =>
          void response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify(value));
        if (target.endsWith("DescribeSecret")) {
          const stages = { old: ["AWSPREVIOUS"], new: ["AWSCURRENT"] };
          return json({ Name: "ledger", VersionIdsToStages: stages, ...(replica === undefined ? {} : { ReplicationStatus: [replica] }) });
        }
        if (target.endsWith("DescribeTable")) {
          const replicas = [{ RegionName: "us-east-2", ReplicaStatus: "ACTIVE" }];
          return json({ Table: { TableStatus: "ACTIVE", Replicas: replicas, MultiRegionConsistency: "STRONG" } });
        }
        if (target.endsWith("DescribeContinuousBackups")) {
          const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus: recovery };
          return json({ ContinuousBackupsDescription: { ContinuousBackupsStatus: "ENABLED", PointInTimeRecoveryDescription } });
        }
        if (target.includes("account-settings")) return json({ AccountLimit: { ConcurrentExecutions: 10 } });
        response.setHeader("content-type", "text/xml").end(clusterAnswer(2));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = "test";
    site = siteReader({
      region: "us-east-1",
      peerRegion: "us-east-2",
      functions: {},
      tradeQueueUrl: "",
      tables: ["trade-lease"],
      clusterArn: CLUSTER,
      secrets: { ledger: SECRET },
      parameterPath: "/shared",
      url: "",
    });
  });
  after(() => {
    process.env = environmentBefore;
    server.close();
  });

  it("tells a table without point-in-time recovery from one that has it", async () => {
    const settings = async (): Promise<unknown> => (await site.tables())[0]?.settings["point-in-time recovery"];
    expect(await settings()).to.equal("ENABLED");
    recovery = "DISABLED";
    expect(await settings()).to.equal("DISABLED");
  });

  it("reads of the cluster what must be alike for either to be the writer", async () => {
    expect(await site.clusters()).to.deep.equal([
      {
        name: "ledger",
        settings: {
          engine: "aurora-postgresql 16.8",
          instances: "2",
          "backup retention (days)": "35",
          encrypted: "true",
          "Data API": "true",
          "IAM authentication": "false",
          deletionProtection: "false",
        },
      },
    ]);
  });

  it("reads a secret's current version, and says when a replica is not there yet or has failed", async () => {
    expect(await site.secrets()).to.deep.equal([{ name: "ledger", settings: { "current version": "new" } }]);
    replica = { Region: "us-east-2", Status: "InSync" };
    expect(await site.secrets()).to.deep.equal([{ name: "ledger", settings: { "current version": "new" } }]);
    replica = { Region: "us-east-2", Status: "Failed", StatusMessage: "the key is disabled" };
    expect((await site.secrets())[0]?.unready).to.equal("the replica in us-east-2 is Failed: the key is disabled");
  });

  it("reads how many functions may run at once", async () => {
    expect(await site.quotas()).to.deep.equal([{ name: "Lambda", settings: { "concurrent executions": "10" } }]);
  });
});
