import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./policy-documents";
import type { SiteContext } from "./site-context";

const DATA_KEYS = ["kms:Decrypt", "kms:GenerateDataKey"];

/** The account's root hands the decision to IAM; without it a key could be locked out. */
export const accountStatement = (accountId: pulumi.Input<string>): Statement => ({
  Sid: "Account",
  Effect: "Allow",
  Principal: { AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` },
  Action: "kms:*",
  Resource: "*",
});

/**
 * Who may use a site's key: IAM as it decides for the account's own principals, and the services that encrypt or read on the site's behalf, each
 * only for this account and, where the service says so, for what it is meant for. In a key's own policy "*" means this key.
 */
export function siteKeyStatements({ accountId, region }: Pick<SiteContext, "accountId" | "region">): readonly Statement[] {
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": accountId } };
  const service = (Sid: string, name: string, Action: readonly string[], Condition: Statement["Condition"]): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { Service: name },
    Action,
    Resource: "*",
    Condition,
  });
  return [
    accountStatement(accountId),
    {
      // As AWS's own keys do: who may use a table or a secret may have it decrypted, by the service and for nothing else.
      Sid: "WhoeverMayUseTheTablesAndSecrets",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [...DATA_KEYS, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": accountId,
          "kms:ViaService": ["dynamodb", "secretsmanager"].map((name) => `${name}.${region}.amazonaws.com`),
        },
      },
    },
    service("AlarmsPublishToTheEncryptedTopic", "cloudwatch.amazonaws.com", DATA_KEYS, ofThisAccount),
    // Topics of either region deliver to this region's encrypted queue.
    service("TopicsDeliverToTheEncryptedQueue", "sns.amazonaws.com", DATA_KEYS, ofThisAccount),
    // The bus, its archive, and the queues that take what could not be delivered.
    service(
      "BusesArchivesAndTheirDeadLetters",
      "events.amazonaws.com",
      [...DATA_KEYS, "kms:DescribeKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      ofThisAccount,
    ),
    service(
      "LogGroupsOfThisAccount",
      `logs.${region}.amazonaws.com`,
      // What CloudWatch Logs asks for, its wildcards spelt out.
      [...DATA_KEYS, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": pulumi.interpolate`arn:aws:logs:${region}:${accountId}:*` } },
    ),
  ];
}
