import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, allowKey, trustInstances, type Statement } from "../../../foundation/policy-documents";
import { serviceRole, type ServiceRole } from "../../../foundation/service-role";
import { siteName, type SiteContext } from "../../../foundation/site-context";
import type { Artefacts } from "../fleet";
import { BUNDLES } from "./service-bundle";

export interface InstanceRoleArgs {
  readonly context: SiteContext;
  readonly artefacts: Artefacts;
  readonly logGroupArn: pulumi.Input<string>;
  /** What the service's own code may do. */
  readonly permissions: readonly Statement[];
}

export interface InstanceRole extends ServiceRole {
  readonly profile: aws.iam.InstanceProfile;
}

/**
 * An instance has one role for all that runs on it: the service, what fetches its code, the agent that sends its log, and Session Manager's, by which
 * people come in without a key, a port or an address.
 */
export function instanceRole(name: string, args: InstanceRoleArgs, opts: pulumi.CustomResourceOptions): InstanceRole {
  const { context, artefacts, logGroupArn, permissions } = args;
  const { settings, region, accountId } = context;
  const roleName = siteName(context, ["service", "instance"], 64);
  const made = serviceRole(
    name,
    {
      settings,
      roleName,
      description: "The trade service's instances",
      assumeRolePolicy: trustInstances(),
      permissions: [
        ...permissions,
        // Also of earlier code: an instance refresh may be taken back.
        allow("s3:GetObject", pulumi.interpolate`${artefacts.bucketArn}/${BUNDLES}/*`),
        allowKey(["kms:Decrypt"], artefacts.keyArn, "s3", region),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logGroupArn}:*`),
        allow("ssm:UpdateInstanceInformation", pulumi.interpolate`arn:aws:ec2:${region}:${accountId}:instance/*`),
        // The channels of a session have no resource to name.
        allow(
          [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
          ],
          "*",
        ),
      ],
    },
    opts,
  );
  return { ...made, profile: new aws.iam.InstanceProfile(`${name}-profile`, { name: roleName, role: made.role.name }, opts) };
}
