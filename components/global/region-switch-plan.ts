import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../site/compute/lambda-function";
import { physicalName } from "../settings/names";
import { allow, trustWhereTold } from "../foundation/policy-documents";
import { serviceRole } from "../foundation/service-role";
import type { Settings } from "../settings/settings";
import type { SiteName } from "../foundation/site-context";
import { MOVE_TIMEOUT_SECONDS } from "../site/orchestration/steps";

export interface RegionSwitchPlanArgs {
  readonly settings: Settings;
  /** Minutes within which an execution is to be done. */
  readonly objectiveMinutes: number;
  readonly accountId: pulumi.Input<string>;
  /** Each region's function that makes its region the active one. */
  readonly functions: Readonly<Record<SiteName, LambdaFunction>>;
}

/** ARC comes again at this interval until the region is active. */
const RETRY_MINUTES = 1;
/** As long as a machine may take, and the visits that start it and see its end. */
const TIMEOUT_MINUTES = MOVE_TIMEOUT_SECONDS / 60 + 2 * RETRY_MINUTES;

/**
 * A plan of ARC Region switch: a person's way in, from ARC's console, to the machines that everybody else starts. One workflow a region, one step each:
 * the function of the region that is being activated, run there, by that region's copy of the plan. It has no triggers: the sentinel decides by itself
 * when nobody asks. `ungraceful` is left out, because all that it can say of such a step is to skip it; the function finds out for itself whether the
 * other region can still hand over.
 */
export class RegionSwitchPlan extends pulumi.ComponentResource {
  readonly planArn: pulumi.Output<string>;

  constructor(name: string, args: RegionSwitchPlanArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:RegionSwitchPlan", name, {}, opts);
    const child = { parent: this };
    const { settings, objectiveMinutes, accountId, functions } = args;
    const { primary, standby } = settings.regions;
    const named = (max: number) => physicalName(["trade", "region", "switch"], settings.environmentSuffix, max);
    const planName = named(32);
    const arns = [functions.primary.arn, functions.standby.arn];
    const { role, policy } = serviceRole(
      name,
      {
        settings,
        roleName: named(64),
        assumeRolePolicy: trustWhereTold("arc-region-switch.amazonaws.com", accountId),
        permissions: (roleArn) => [
          // The plan's id, which follows its name, is given when the plan is made.
          allow(
            ["arc-region-switch:GetPlan", "arc-region-switch:GetPlanExecution", "arc-region-switch:ListPlanExecutions"],
            pulumi.interpolate`arn:aws:arc-region-switch::${accountId}:plan/${planName}:*`,
          ),
          // ARC looks each half hour whether the role still allows what the plan needs.
          allow("iam:SimulatePrincipalPolicy", roleArn),
          allow(["lambda:GetFunction", "lambda:InvokeFunction"], arns),
        ],
      },
      child,
    );
    const activate = (region: string) => ({
      workflowTargetAction: "activate",
      workflowTargetRegion: region,
      workflowDescription: `Makes ${region} the active region`,
      steps: [
        {
          name: "move-the-activity",
          description: "Starts this stack's switchover or failover machine, whichever fits, and waits for its end",
          executionBlockType: "CustomActionLambda",
          customActionLambdaConfigs: [
            {
              lambdas: arns.map((arn) => ({ arn })),
              regionToRun: "activatingRegion",
              retryIntervalMinutes: RETRY_MINUTES,
              timeoutMinutes: TIMEOUT_MINUTES,
            },
          ],
        },
      ],
    });
    const plan = new aws.arcregionswitch.Plan(
      `${name}-plan`,
      {
        name: planName,
        description: `Moves the activity between ${primary} and ${standby} (${settings.environmentSuffix})`,
        executionRole: role.arn,
        recoveryApproach: "activePassive",
        regions: [primary, standby],
        primaryRegion: primary,
        recoveryTimeObjectiveMinutes: objectiveMinutes,
        workflows: [activate(primary), activate(standby)],
      },
      { ...child, dependsOn: [policy] },
    );
    this.planArn = plan.arn;
    this.registerOutputs({ planArn: this.planArn });
  }
}
