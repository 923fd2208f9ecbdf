import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document } from "./policy-documents";
import { siteName, type SiteContext, type SiteName } from "./site-context";
import { accountStatement } from "./site-key-policy";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface ObjectsKeyArgs {
  readonly contexts: Both<SiteContext>;
  readonly providers: Both<pulumi.ProviderResource>;
}

/**
 * One multi-Region key for the objects that are replicated: the same key material in both regions, so that what was encrypted in one can be decrypted
 * in the other also while the first is away. The primary site's key and the standby's replica are used alike; neither needs the other to work.
 */
export class ObjectsKey extends pulumi.ComponentResource {
  readonly arn: Both<pulumi.Output<string>>;

  constructor(name: string, { contexts, providers }: ObjectsKeyArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ObjectsKey", name, {}, opts);
    const { settings, accountId } = contexts.primary;
    // One key, two regions: each end is made with its own provider.
    const at = (site: SiteName) => ({ parent: this, provider: providers[site] });
    const protect = settings.deletionProtection;
    const shared = {
      description: `Replicated objects (${settings.environmentSuffix})`,
      deletionWindowInDays: 30,
      policy: document(accountStatement(accountId)),
    };
    const key = new aws.kms.Key(`${name}-key`, { ...shared, multiRegion: true, enableKeyRotation: true }, { ...at("primary"), protect });
    // Rotates with the key that it is a replica of.
    const replica = new aws.kms.ReplicaKey(`${name}-replica`, { ...shared, primaryKeyArn: key.arn }, { ...at("standby"), protect });
    for (const [site, targetKeyId] of [
      ["primary", key.keyId],
      ["standby", replica.keyId],
    ] as const) {
      new aws.kms.Alias(`${name}-${site}-alias`, { name: `alias/${siteName(contexts[site], ["objects"], 250)}`, targetKeyId }, at(site));
    }
    this.arn = { primary: key.arn, standby: replica.arn };
    this.registerOutputs({ arn: this.arn });
  }
}
