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
 * only for this account's things. In a key's own policy "*" means this key.
 */
export function siteKeyStatements(context: Pick<SiteContext, "accountId" | "region" | "settings">): readonly Statement[] {
  const { accountId, region, settings } = context;
  /** Only for what the named thing of this account and region encrypts; the services say so in each use, and the account not in each. */
  const on = (context: string, owner: string, resource: string): Statement["Condition"] => ({
    ArnLike: { [`kms:EncryptionContext:aws:${context}`]: pulumi.interpolate`arn:aws:${owner}:${region}:${accountId}:${resource}` },
  });
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
    ...(settings.compute === "autoscaling" ? volumesOfInstances(accountId) : []),
    service("AlarmsPublishToTheTopic", "cloudwatch.amazonaws.com", DATA_KEYS, on("sns:topicArn", "sns", "*")),
    service("RulesPublishToTheTopic", "events.amazonaws.com", DATA_KEYS, on("sns:topicArn", "sns", "*")),
    // Topics of either region deliver to this region's queue.
    service("TopicsDeliverToTheQueues", "sns.amazonaws.com", DATA_KEYS, on("sqs:arn", "sqs", "*")),
    service("BusesLayAsideWhatIsNotDelivered", "events.amazonaws.com", DATA_KEYS, on("sqs:arn", "sqs", "*")),
    service(
      "BusesAndTheirArchives",
      "events.amazonaws.com",
      [...DATA_KEYS, "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      on("events:event-bus:arn", "events", "event-bus/*"),
    ),
    // A look at a key has no context, and whether it names the account AWS does not say.
    ...["events.amazonaws.com", `logs.${region}.amazonaws.com`].map((name) =>
      service(`${name.startsWith("logs") ? "LogGroups" : "Buses"}LookAtTheKey`, name, ["kms:DescribeKey"], {
        StringEqualsIfExists: { "aws:SourceAccount": accountId },
      }),
    ),
    service(
      "LogGroupsOfThisAccount",
      `logs.${region}.amazonaws.com`,
      // What CloudWatch Logs asks for, its wildcards spelt out.
      [...DATA_KEYS, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext"],
      on("logs:arn", "logs", "*"),
    ),
  ];
}

/**
 * Auto Scaling starts instances in the name of its own role, whose volumes EC2 encrypts by a grant. The role is named by a condition: as a principal it
 * would have to be there, and AWS makes it with an account's first group.
 */
function volumesOfInstances(accountId: pulumi.Input<string>): readonly Statement[] {
  const role = pulumi.interpolate`arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  const asRole = { StringEquals: { "kms:CallerAccount": accountId }, ArnEquals: { "aws:PrincipalArn": role } };
  const statement = (Sid: string, Action: readonly string[], Condition: Statement["Condition"]): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action,
    Resource: "*",
    Condition,
  });
  return [
    statement(
      "InstancesUseVolumes",
      [...DATA_KEYS, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
      asRole,
    ),
    statement("InstancesAreGrantedVolumes", ["kms:CreateGrant"], { ...asRole, Bool: { "kms:GrantIsForAWSResource": "true" } }),
  ];
}
