import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SiteNetwork } from "../../foundation/network/site-network";
import { SERVERLESS } from "../../settings/keys/ledger";
import { physicalName } from "../../settings/names";
import type { Settings } from "../../settings/settings";
import type { GlobalLedger } from "../../foundation/global-ledger";
import { LEDGER_DATABASE } from "../../../contract/ledger";
import { engineSetup } from "./ledger-parameters";

export interface LedgerClusterArgs {
  readonly settings: Settings;
  readonly site: "primary" | "standby";
  readonly global: GlobalLedger;
  readonly network: SiteNetwork;
  /** Key of this region that encrypts the cluster. */
  readonly keyArn: pulumi.Input<string>;
}

/** This site's Aurora cluster: a member of the global cluster from its first day, reachable by the Data API only. */
export class LedgerCluster extends pulumi.ComponentResource {
  readonly cluster: aws.rds.Cluster;
  readonly instances: readonly aws.rds.ClusterInstance[];

  constructor(name: string, args: LedgerClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:LedgerCluster", name, {}, opts);
    const { settings, site, global, network, keyArn } = args;
    const { environmentSuffix: suffix, database, deletionProtection } = settings;
    const child = { parent: this };
    const { family, parameters: settingsOfEngine, logExports } = engineSetup(database);

    const subnets = new aws.rds.SubnetGroup(
      `${name}-subnets`,
      { name: physicalName(["trade", site, "ledger"], suffix, 255), subnetIds: [...network.isolatedSubnetIds] },
      child,
    );
    const parameters = new aws.rds.ClusterParameterGroup(
      `${name}-parameters`,
      {
        name: physicalName(["trade", site, "ledger"], suffix, 255),
        family,
        parameters: [...settingsOfEngine],
      },
      // Follows the version, which is an upgrade's to change: another family would replace the group under a running cluster.
      { ...child, ignoreChanges: ["family"] },
    );
    const clusterIdentifier = physicalName(["trade", site, "ledger"], suffix, 63);
    // RDS would make them itself, to be kept for ever.
    const logs = logExports.map(
      (log) =>
        new aws.cloudwatch.LogGroup(
          `${name}-${log}-log`,
          { name: `/aws/rds/cluster/${clusterIdentifier}/${log}`, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
          child,
        ),
    );
    this.cluster = new aws.rds.Cluster(
      `${name}-cluster`,
      {
        clusterIdentifier,
        engine: database.engine,
        engineMode: "provisioned",
        engineVersion: database.version,
        globalClusterIdentifier: global.cluster.id,
        // Credentials and the database are the global cluster's: the member that is made first brings them, the other receives them.
        ...(site === "primary" ? { masterUsername: global.username, masterPassword: global.password, databaseName: LEDGER_DATABASE } : {}),
        dbSubnetGroupName: subnets.name,
        dbClusterParameterGroupName: parameters.name,
        vpcSecurityGroupIds: [network.databaseSecurityGroupId],
        ...(database.instanceClass === SERVERLESS
          ? { serverlessv2ScalingConfiguration: { minCapacity: database.minCapacity, maxCapacity: database.maxCapacity } }
          : {}),
        storageEncrypted: true,
        kmsKeyId: keyArn,
        // RDS asks for a pre-signed request to the region that an encrypted copy comes from; the provider signs it where it knows the region.
        ...(site === "standby" ? { sourceRegion: settings.regions.primary } : {}),
        enableHttpEndpoint: true,
        iamDatabaseAuthenticationEnabled: true,
        backupRetentionPeriod: database.backupRetentionDays,
        preferredBackupWindow: "03:00-04:00",
        preferredMaintenanceWindow: site === "primary" ? "sun:05:00-sun:06:00" : "sun:07:00-sun:08:00",
        enabledCloudwatchLogsExports: [...logExports],
        // On both members: it has an effect on the one that is not the writer, at once when a failover makes it that.
        enableGlobalWriteForwarding: true,
        copyTagsToSnapshot: true,
        deletionProtection,
        skipFinalSnapshot: !deletionProtection,
        finalSnapshotIdentifier: deletionProtection ? physicalName(["trade", site, "ledger", "final"], suffix, 255) : undefined,
      },
      {
        ...child,
        protect: deletionProtection,
        dependsOn: logs,
        // A failover swaps the roles. The provider would answer a changed source by promoting, a missing global cluster by detaching.
        ignoreChanges: [
          "replicationSourceIdentifier",
          "globalClusterIdentifier",
          "sourceRegion",
          "engineVersion",
          // AWS adds zones until there are three, and the provider would make the cluster anew.
          "availabilityZones",
          // AWS tells of it only where it has an effect at the moment.
          "enableGlobalWriteForwarding",
          "masterUsername",
          "masterPassword",
          "databaseName",
        ],
      },
    );
    this.instances = Array.from({ length: database.instances }, (_, index) => {
      return new aws.rds.ClusterInstance(
        `${name}-instance-${index + 1}`,
        {
          identifier: physicalName(["trade", site, "ledger", String(index + 1)], suffix, 63),
          clusterIdentifier: this.cluster.id,
          engine: database.engine,
          engineVersion: database.version,
          instanceClass: database.instanceClass,
          dbSubnetGroupName: subnets.name,
          publiclyAccessible: false,
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: keyArn,
          autoMinorVersionUpgrade: false,
          promotionTier: index,
        },
        { ...child, protect: deletionProtection, ignoreChanges: ["engineVersion"] },
      );
    });
    this.registerOutputs({ clusterArn: this.cluster.arn });
  }
}
