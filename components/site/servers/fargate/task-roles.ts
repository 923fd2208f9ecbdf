import * as pulumi from "@pulumi/pulumi";
import { allow, trust, type Statement } from "../../../foundation/policy-documents";
import type { RegionalImage } from "../../../foundation/service-image";
import { serviceRole, type ServiceRole } from "../../../foundation/service-role";
import { siteName, type SiteContext } from "../../../foundation/site-context";

export interface TaskRolesArgs {
  readonly context: SiteContext;
  readonly image: RegionalImage;
  readonly logGroupArn: pulumi.Input<string>;
  /** What the service's own code may do. */
  readonly permissions: readonly Statement[];
}

export interface TaskRoles {
  /** ECS's, to start a task: gets the image and writes the log. */
  readonly execution: ServiceRole;
  /** The service's own. */
  readonly task: ServiceRole;
}

/** Two roles, so that the service can't do what starts it, and what starts it can't trade. */
export function taskRoles(name: string, args: TaskRolesArgs, opts: pulumi.CustomResourceOptions): TaskRoles {
  const { context, image, logGroupArn, permissions } = args;
  const { settings, accountId } = context;
  const assumeRolePolicy = trust("ecs-tasks.amazonaws.com", accountId);
  const role = (what: "execution" | "task", description: string, statements: readonly Statement[]) =>
    serviceRole(
      `${name}-${what}`,
      { settings, roleName: siteName(context, ["service", what], 64), description, assumeRolePolicy, permissions: statements },
      opts,
    );
  return {
    execution: role("execution", "Starts the trade service's tasks", [
      allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"], image.repositoryArn),
      // A registry's token is of no repository: it takes no resource but *.
      allow("ecr:GetAuthorizationToken", "*"),
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logGroupArn}:*`),
    ]),
    task: role("task", "The trade service", permissions),
  };
}
