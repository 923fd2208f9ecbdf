import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { document, type Statement } from "./policy-documents";

export interface ServiceRoleArgs {
  readonly settings: Pick<Settings, "roles">;
  /** Roles are global: the site is part of the name. */
  readonly roleName: pulumi.Input<string>;
  readonly description?: string;
  readonly assumeRolePolicy: pulumi.Input<string>;
  /** What it may do. A function of the role's ARN where the role must name itself. */
  readonly permissions: readonly Statement[] | ((roleArn: pulumi.Output<string>) => readonly Statement[]);
  /** Longest session, in seconds; an hour when undefined, which is AWS's default. */
  readonly maxSessionDuration?: number;
}

export interface ServiceRole {
  readonly role: aws.iam.Role;
  /** Whoever is made with the role waits for this: services try a role when they are given it. */
  readonly policy: aws.iam.RolePolicy;
}

/** A role with one policy of its own, `permissions`. Every role of the program but API Gateway's log role is made here. */
export function serviceRole(name: string, args: ServiceRoleArgs, opts: pulumi.CustomResourceOptions): ServiceRole {
  const { settings, roleName, permissions, ...rest } = args;
  const role = new aws.iam.Role(`${name}-role`, { name: roleName, ...settings.roles, ...rest }, opts);
  const statements = typeof permissions === "function" ? permissions(role.arn) : permissions;
  const policy = new aws.iam.RolePolicy(`${name}-policy`, { name: "permissions", role: role.id, policy: document(...statements) }, opts);
  return { role, policy };
}
