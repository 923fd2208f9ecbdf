import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../settings/names";
import type { Settings } from "../settings/settings";
import type { SiteName } from "./site-context";

export interface ApiKeysArgs {
  readonly settings: Settings;
  /** Who has a key. */
  readonly names: readonly string[];
  /** Of each region: its copies of the keys are encrypted with it. */
  readonly keyArns: Readonly<Record<SiteName, pulumi.Input<string>>>;
}

export interface CallerKey {
  readonly key: pulumi.Output<string>;
  /** SHA-256 (hex) of it, which tells nothing of a random text of this length. */
  readonly sha256: pulumi.Output<string>;
  /** Once the secret has its value, its ARN in the primary and (same name, same ending) in the standby region. */
  readonly secretArn: Readonly<Record<SiteName, pulumi.Output<string>>>;
}

/**
 * Keys of those who call the API: each generated once, kept in a secret of its own in both regions, and the same in both, so that a client that follows
 * the public name trades on with what it has.
 */
export class ApiKeys extends pulumi.ComponentResource {
  readonly of: Readonly<Record<string, CallerKey>>;

  constructor(name: string, { settings, names, keyArns }: ApiKeysArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiKeys", name, {}, opts);
    const { environmentSuffix, regions, deletionProtection } = settings;
    const kept = { parent: this, protect: deletionProtection };
    const keyOf = (caller: string): CallerKey => {
      const secret = new aws.secretsmanager.Secret(
        `${name}-${caller}-secret`,
        {
          name: physicalName(["trade", "api", "key", caller], environmentSuffix, 512),
          description: `Key of ${caller} for the trade API, sent as x-api-key`,
          kmsKeyId: keyArns.primary,
          replicas: [{ region: regions.standby, kmsKeyId: keyArns.standby }],
          recoveryWindowInDays: deletionProtection ? 30 : 0,
        },
        kept,
      );
      const generated = aws.secretsmanager.getRandomPasswordOutput({ passwordLength: 40, excludePunctuation: true }, { parent: this });
      const version = new aws.secretsmanager.SecretVersion(
        `${name}-${caller}-secret-value`,
        { secretId: secret.id, secretString: pulumi.secret(generated.randomPassword) },
        // Generated anew at each run: only the first one counts.
        { ...kept, ignoreChanges: ["secretString"] },
      );
      const key = version.secretString.apply((value) => value ?? "");
      return {
        key,
        sha256: pulumi.unsecret(key.apply((value) => createHash("sha256").update(value).digest("hex"))),
        secretArn: {
          primary: version.arn,
          standby: version.arn.apply((arn) => arn.replace(`:${regions.primary}:`, `:${regions.standby}:`)),
        },
      };
    };
    this.of = Object.fromEntries(names.map((caller) => [caller, keyOf(caller)]));
    this.registerOutputs({ secretArns: Object.fromEntries(names.map((caller) => [caller, this.of[caller]?.secretArn.primary])) });
  }
}
