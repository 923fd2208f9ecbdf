import { conditionOn, documentOf, statementsOf, type Statement } from "../support/documents";
import { resourcePolicy } from "../support/policy";
import { isAbsent, isText, UNKNOWN, type Value } from "../support/values";

/** Where a policy of a resource is found. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:kms/replicaKey:ReplicaKey": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:secretsmanager/secret:Secret": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
};
const PERMISSION = "aws:lambda/permission:Permission";
const BUS_PERMISSION = "aws:cloudwatch/eventPermission:EventPermission";

/** Conditions that limit "everybody" or a service to this account or to one caller. */
const TIES = [
  "aws:SourceArn",
  "aws:SourceAccount",
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:PrincipalArn",
  "aws:SourceVpce",
  "aws:SourceVpc",
  "aws:SourceOrgID",
  "kms:CallerAccount",
  "AWS:SourceOwner",
  "kms:EncryptionContext:aws:logs:arn",
  "kms:EncryptionContext:aws:sqs:arn",
  "kms:EncryptionContext:aws:sns:topicArn",
  "kms:EncryptionContext:aws:events:event-bus:arn",
  "kms:ViaService",
];

function isTied(statement: Statement): boolean {
  return TIES.some((key) => conditionOn(statement, key).some((value) => value === UNKNOWN || (isText(value) && value !== "*")));
}

function problem(type: string, statement: Statement): string | undefined {
  if (!statement.allows) return undefined;
  // A VPC endpoint's policy speaks of callers inside the VPC; a principal of * is AWS's own default there.
  if (type !== "aws:ec2/vpcEndpoint:VpcEndpoint" && statement.principals.includes("*") && !isTied(statement))
    return "everybody may use it (Principal *)";
  if (statement.notPrincipals.length > 0) return "everybody but some may use it (NotPrincipal)";
  const service = statement.principals.find((principal) => principal.startsWith("Service:"));
  if (service !== undefined && !isTied(statement))
    return `${service.slice(8)} may use it for any account (no aws:SourceAccount or aws:SourceArn)`;
  return undefined;
}

/** Policies of queues, topics, buses, buckets, keys, secrets and functions let in the account's own callers only. */
export const openResourcePolicy = resourcePolicy({
  name: "open-resource-policy",
  rule: "No queue, topic, bus, bucket, key, secret or function is open to everybody, or to a service on anybody's behalf.",
  severity: "critical",
  mend: "name the principal, or tie the statement down with aws:SourceAccount, aws:SourceArn or aws:PrincipalOrgID; on a Lambda permission set sourceArn or sourceAccount",
  types: [...Object.keys(DOCUMENTS), PERMISSION, BUS_PERMISSION],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === PERMISSION || type === BUS_PERMISSION) {
      const ties: readonly Value[] = [props.sourceArn, props.sourceAccount, props.principalOrgId, props.condition];
      const tied = ties.some((value) => value === UNKNOWN || !isAbsent(value));
      if (props.principal === "*" && !tied) report("everybody may use it (principal *)");
      else if (props.principal !== UNKNOWN && !isText(props.principal)) report("principal is not a text");
      else if (isText(props.principal) && props.principal.endsWith(".amazonaws.com") && !tied) {
        report(`${props.principal} may use it for any account (no sourceArn or sourceAccount)`);
      }
      if (props.functionUrlAuthType === "NONE") report("anybody may call its URL (functionUrlAuthType NONE)");
      return;
    }
    const written = props[DOCUMENTS[type] ?? ""];
    if (isAbsent(written)) return;
    const document = documentOf(written);
    if (document.state === "broken") report("its policy is not a policy document");
    for (const statement of statementsOf(document)) {
      const found = problem(type, statement);
      if (found !== undefined) report(found);
    }
  },
});
