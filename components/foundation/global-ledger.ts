import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LEDGER_DATABASE } from "../../contract/ledger";
import { physicalName } from "../settings/names";
import type { Settings } from "../settings/settings";
import type { SiteName } from "./site-context";

export interface GlobalLedgerArgs {
  readonly settings: Settings;
  /** Of each region: its copy of the credentials is encrypted with it. */
  readonly keyArns: Readonly<Record<SiteName, pulumi.Input<string>>>;
}

const USERNAME = "ledger";

/**
 * The Aurora global cluster that the sites' clusters join, and the ledger's credentials, kept in both regions. It is made from an engine and not
 * from a source cluster: a source would tie it to the site that was the writer on the first day.
 */
export class GlobalLedger extends pulumi.ComponentResource {
  readonly cluster: aws.rds.GlobalCluster;
  readonly username = USERNAME;
  readonly password: pulumi.Output<string>;
  /** Once the secret has its value, its ARN in the primary and (same name, same suffix) in the standby region. */
  readonly secretArn: { readonly primary: pulumi.Output<string>; readonly standby: pulumi.Output<string> };

  constructor(name: string, { settings, keyArns }: GlobalLedgerArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:GlobalLedger", name, {}, opts);
    const { environmentSuffix: suffix, regions, database, deletionProtection } = settings;

    this.cluster = new aws.rds.GlobalCluster(
      `${name}-cluster`,
      {
        globalClusterIdentifier: physicalName(["trade", "ledger", "global"], suffix, 63),
        engine: database.engine,
        engineVersion: database.version,
        databaseName: LEDGER_DATABASE,
        storageEncrypted: true,
        deletionProtection,
      },
      {
        parent: this,
        protect: deletionProtection,
        ignoreChanges: ["engineVersion"],
        // Its members leave one after the other.
        customTimeouts: { delete: "90m" },
      },
    );

    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      {
        name: physicalName(["trade", "ledger", "credentials"], suffix, 512),
        description: "Credentials of the ledger for the RDS Data API",
        kmsKeyId: keyArns.primary,
        replicas: [{ region: regions.standby, kmsKeyId: keyArns.standby }],
        recoveryWindowInDays: deletionProtection ? 30 : 0,
      },
      { parent: this, protect: deletionProtection },
    );
    const generated = aws.secretsmanager.getRandomPasswordOutput({ passwordLength: 40, excludePunctuation: true }, { parent: this });
    const version = new aws.secretsmanager.SecretVersion(
      `${name}-secret-value`,
      {
        secretId: secret.id,
        secretString: pulumi.secret(pulumi.jsonStringify({ username: USERNAME, password: generated.randomPassword })),
      },
      // Generated anew at each run: only the first one counts, rotation is Secrets Manager's.
      { parent: this, ignoreChanges: ["secretString"] },
    );
    // What was stored and not what was generated: the two differ from the second run on.
    this.password = version.secretString.apply((value) => (JSON.parse(value ?? "{}") as { password?: string }).password ?? "");
    this.secretArn = {
      primary: version.arn,
      standby: version.arn.apply((arn) => arn.replace(`:${regions.primary}:`, `:${regions.standby}:`)),
    };
    this.registerOutputs({ globalClusterId: this.cluster.id, secretArn: this.secretArn });
  }
}
