import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../settings/names";
import type { Settings } from "../settings/settings";
import type { SiteName } from "./site-context";

export interface ApiCredentialArgs {
  readonly settings: Settings;
  /** Of each region: its copy of the key is encrypted with it. */
  readonly keyArns: Readonly<Record<SiteName, pulumi.Input<string>>>;
}

/**
 * The key with which clients call the API when `apiAuth` is `apiKey`: generated once, kept in a secret in both regions, and the same in both, so
 * that a client that follows the public name trades on with what it has.
 */
export class ApiCredential extends pulumi.ComponentResource {
  readonly key: pulumi.Output<string>;
  /** Once the secret has its value, its ARN in the primary and (same name, same ending) in the standby region. */
  readonly secretArn: Readonly<Record<SiteName, pulumi.Output<string>>>;

  constructor(name: string, { settings, keyArns }: ApiCredentialArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiCredential", name, {}, opts);
    const { environmentSuffix, regions, deletionProtection } = settings;
    const kept = { parent: this, protect: deletionProtection };
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      {
        name: physicalName(["trade", "api", "key"], environmentSuffix, 512),
        description: "Key of the trade API, sent as x-api-key",
        kmsKeyId: keyArns.primary,
        replicas: [{ region: regions.standby, kmsKeyId: keyArns.standby }],
        recoveryWindowInDays: deletionProtection ? 30 : 7,
      },
      kept,
    );
    const generated = aws.secretsmanager.getRandomPasswordOutput({ passwordLength: 40, excludePunctuation: true }, { parent: this });
    const version = new aws.secretsmanager.SecretVersion(
      `${name}-secret-value`,
      { secretId: secret.id, secretString: pulumi.secret(generated.randomPassword) },
      // Generated anew at each run: only the first one counts.
      { ...kept, ignoreChanges: ["secretString"] },
    );
    this.key = version.secretString.apply((key) => key ?? "");
    this.secretArn = {
      primary: version.arn,
      standby: version.arn.apply((arn) => arn.replace(`:${regions.primary}:`, `:${regions.standby}:`)),
    };
    this.registerOutputs({ secretArn: this.secretArn.primary });
  }
}
