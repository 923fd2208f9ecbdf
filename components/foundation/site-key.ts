import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document } from "./policy-documents";
import { siteName, type SiteContext } from "./site-context";
import { siteKeyStatements } from "./site-key-policy";

/** The region's own key: ledger, audit log, queues, topics, buses and logs. A key of one region never stands in the way of the other. */
export class SiteKey extends pulumi.ComponentResource {
  readonly key: aws.kms.Key;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteKey", name, {}, opts);
    const { settings } = context;
    this.key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `Data of the ${context.site} site (${settings.environmentSuffix})`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: document(...siteKeyStatements(context)),
      },
      { parent: this, protect: settings.deletionProtection },
    );
    new aws.kms.Alias(
      `${name}-alias`,
      { name: `alias/${siteName(context, ["data"], 250)}`, targetKeyId: this.key.keyId },
      { parent: this },
    );
    this.registerOutputs({ keyArn: this.key.arn });
  }
}
