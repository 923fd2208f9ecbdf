import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, trust } from "../policy-documents";
import { serviceRole } from "../service-role";
import { siteName, type SiteContext } from "../site-context";

export interface FlowLogsArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** Who talked to whom in the site's network, accepted or refused, by the minute. */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, { context, vpcId, keyArn }: FlowLogsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:FlowLogs", name, {}, opts);
    const child = { parent: this };
    const { settings, accountId } = context;
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/vpc/${siteName(context, ["flow"], 200)}`, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
      child,
    );
    const { role, policy } = serviceRole(
      name,
      {
        settings,
        roleName: siteName(context, ["flow", "logs"], 64),
        assumeRolePolicy: trust("vpc-flow-logs.amazonaws.com", accountId),
        permissions: [
          allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], pulumi.interpolate`${logs.arn}:*`),
          // Takes no resource but *.
          allow("logs:DescribeLogGroups", "*"),
        ],
      },
      child,
    );
    new aws.ec2.FlowLog(
      `${name}-log`,
      {
        vpcId,
        trafficType: "ALL",
        maxAggregationInterval: 60,
        logDestinationType: "cloud-watch-logs",
        logDestination: logs.arn,
        iamRoleArn: role.arn,
        tags: { Name: siteName(context, ["flow"], 255) },
      },
      { ...child, dependsOn: [policy] },
    );
    this.registerOutputs({ logGroup: logs.name });
  }
}
