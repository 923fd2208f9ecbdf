import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document } from "./policy-documents";
import { siteName, type SiteContext } from "./site-context";

/** The region's own key: ledger, audit log, alerts. A key of one region never stands in the way of the other. */
export class SiteKey extends pulumi.ComponentResource {
  readonly key: aws.kms.Key;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteKey", name, {}, opts);
    const { accountId, settings } = context;
    this.key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `Data of the ${context.site} site (${settings.environmentSuffix})`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: document(
          {
            // In a key's own policy "*" means this key. The account's root hands the decision to IAM; without it the key could be locked out.
            Sid: "Account",
            Effect: "Allow",
            Principal: { AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "AlarmsPublishToTheEncryptedTopic",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ),
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
