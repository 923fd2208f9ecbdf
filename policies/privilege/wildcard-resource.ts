import { isExcepted, reasons } from "../support/config";
import { statementsOf } from "../support/documents";
import { IDENTITY_TYPES, identityDocuments } from "../support/identities";
import { resourcePolicy } from "../support/policy";

const DELIVERY = "vended logs are set up for the account, AWS knows no resource for it";

/** `*` as the resource is allowed only for actions that take no other, each with a reason. */
export const wildcardResource = resourcePolicy({
  name: "wildcard-resource",
  rule: "No role is allowed an action on every resource, but where AWS knows no narrower one.",
  severity: "high",
  mend: "name the resources by ARN; where the service authorization reference lists no resource for the action, record the action and the reason in the policy's configuration",
  types: IDENTITY_TYPES,
  options: {
    reasons: reasons(
      {
        "xray:PutTraceSegments": "traces have no resource to name",
        "xray:PutTelemetryRecords": "traces have no resource to name",
        "xray:GetSamplingRules": "sampling rules are the account's",
        "xray:GetSamplingTargets": "sampling rules are the account's",
        "cloudwatch:GetMetricStatistics": "metrics have no resource to name",
        "cloudwatch:GetMetricData": "metrics have no resource to name",
        "cloudwatch:ListMetrics": "metrics have no resource to name",
        "cloudwatch:PutMetricData": "metrics have no resource; the namespace is bound by a condition",
        "cloudwatch:DescribeAlarms": "composite alarms are described for the account only",
        "logs:CreateLogDelivery": DELIVERY,
        "logs:GetLogDelivery": DELIVERY,
        "logs:UpdateLogDelivery": DELIVERY,
        "logs:DeleteLogDelivery": DELIVERY,
        "logs:ListLogDeliveries": DELIVERY,
        "logs:PutResourcePolicy": DELIVERY,
        "logs:DescribeResourcePolicies": DELIVERY,
        "logs:DescribeLogGroups": DELIVERY,
        "ec2:CreateNetworkInterface": "a function in a VPC makes its interfaces before they have a name",
        "ec2:DescribeNetworkInterfaces": "EC2 describes know no resource",
        "ec2:DeleteNetworkInterface": "a function in a VPC makes its interfaces before they have a name",
        "ec2:DescribeSubnets": "EC2 describes know no resource",
        "ec2:AssignPrivateIpAddresses": "a function in a VPC makes its interfaces before they have a name",
        "ec2:UnassignPrivateIpAddresses": "a function in a VPC makes its interfaces before they have a name",
        "ecr:GetAuthorizationToken": "the token is the account's, not a repository's",
        "ssmmessages:CreateControlChannel": "sessions of Session Manager have no resource to name",
        "ssmmessages:CreateDataChannel": "sessions of Session Manager have no resource to name",
        "ssmmessages:OpenControlChannel": "sessions of Session Manager have no resource to name",
        "ssmmessages:OpenDataChannel": "sessions of Session Manager have no resource to name",
        "servicequotas:GetServiceQuota": "quotas are the account's",
        "servicequotas:ListServiceQuotas": "quotas are the account's",
        "lambda:GetAccountSettings": "settings are the account's",
        "sqs:ListQueues": "lists know no resource",
        "tag:GetResources": "lists know no resource",
        "events:ListRules": "lists know no resource",
        "s3:ListAllMyBuckets": "lists know no resource",
        "dynamodb:InjectError": "AWS knows no resource for it; the experiment names its tables",
        "ec2:DescribeRouteTables": "EC2 describes know no resource",
        "ec2:DescribeVpcs": "EC2 describes know no resource",
        "ec2:DescribeVpcPeeringConnections": "EC2 describes know no resource",
        "ec2:DescribeVpcEndpoints": "EC2 describes know no resource",
        "ec2:DescribeManagedPrefixLists": "EC2 describes know no resource",
      },
      "Actions that AWS allows on * only, each with the reason; * in an action stands for anything.",
    ),
  },
  judge: (resource, report, { reasons: recorded }) => {
    for (const document of identityDocuments(resource)) {
      for (const { allows, actions, resources } of statementsOf(document)) {
        if (!allows || !resources.includes("*")) continue;
        const without = actions.filter((action) => !isExcepted(recorded, action));
        if (without.length > 0) report(`it is allowed ${without.join(", ")} on every resource`);
      }
    }
  },
});
