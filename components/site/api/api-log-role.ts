import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { document } from "../../foundation/policy-documents";
import { siteName, type SiteContext } from "../../foundation/site-context";

/**
 * The role with which API Gateway writes logs. An account and region has one for all its APIs, so one stack sets it (`api.ownsLogRole`) and the
 * others find it there. Without it a stage with access logs is refused.
 */
export class ApiLogRole extends pulumi.ComponentResource {
  readonly account: aws.apigateway.Account;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiLogRole", name, {}, opts);
    const child = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: siteName(context, ["api", "logs"], 64),
        ...context.settings.roles,
        description: `Logs of the APIs in ${context.region}`,
        // API Gateway tries the role when it is set, and names no source account then.
        assumeRolePolicy: document({ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }),
      },
      child,
    );
    const policy = new aws.iam.RolePolicyAttachment(
      `${name}-policy`,
      // AWS's own policy: it writes for every API of the account's region, whose log groups this stack can't name.
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" },
      child,
    );
    this.account = new aws.apigateway.Account(`${name}-account`, { cloudwatchRoleArn: role.arn }, { ...child, dependsOn: [policy] });
    this.registerOutputs({});
  }
}
