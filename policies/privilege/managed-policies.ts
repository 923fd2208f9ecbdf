import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { ROLE } from "../support/types";
import { isText, list, passes, UNKNOWN, type Value } from "../support/values";

const ATTACHMENTS = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
];

/** AWS extends its managed policies over time; the broad ones make an administrator. */
export const managedPolicies = resourcePolicy({
  name: "managed-policies",
  rule: "Only AWS managed policies that AWS made for a service's own role are attached.",
  severity: "high",
  mend: "write the permissions out in a RolePolicy, or allow the managed policy by name in the policy's configuration",
  types: [ROLE, ...ATTACHMENTS],
  options: {
    allowed: texts(
      [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
        "AmazonRDSEnhancedMonitoringRole",
        "AmazonSSMManagedInstanceCore",
        "AmazonECSTaskExecutionRolePolicy",
        "AmazonAPIGatewayPushToCloudWatchLogs",
      ],
      "Names of AWS managed policies that may be attached.",
    ),
  },
  judge: ({ type, props }, report, { allowed }) => {
    const attached: readonly Value[] = type === ROLE ? list(props.managedPolicyArns) : [props.policyArn];
    for (const arn of attached) {
      if (!passes(arn, isText)) report("policyArn is not an ARN");
      if (arn === UNKNOWN || !isText(arn) || !/^arn:[^:]+:iam::aws:policy\//.test(arn)) continue;
      const name = arn.split("/").at(-1) ?? "";
      if (!allowed.includes(name)) report(`it has the managed policy ${name}`);
    }
  },
});
