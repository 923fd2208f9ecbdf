import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, allowKey, trust } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { switchoverDefinition } from "./switchover";
import { failoverDefinition } from "./failover";
import { readinessDefinition } from "./readiness";
import type { Bindings, State } from "./steps";

export interface StateMachinesArgs {
  readonly context: SiteContext;
  readonly bindings: Bindings<pulumi.Output<string>>;
  readonly busArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

type Bound = keyof Bindings<unknown>;
const STEPS: readonly Bound[] = ["leaseStep", "databaseStep", "reconciler", "validator"];

/** Which functions each machine calls; its role may call these and no others. */
const MACHINES: Readonly<
  Record<
    string,
    { readonly define: (to: Bindings<pulumi.Output<string>>, budgetSeconds: number) => State; readonly calls: readonly Bound[] }
  >
> = {
  failover: { define: failoverDefinition, calls: STEPS },
  switchover: { define: switchoverDefinition, calls: STEPS },
  readiness: { define: readinessDefinition, calls: ["readiness", "parity"] },
};

/** The three machines of a site. The one that runs is in the region that is being activated. */
export class StateMachines extends pulumi.ComponentResource {
  readonly machines: Readonly<Record<"failover" | "switchover" | "readiness", aws.sfn.StateMachine>>;

  constructor(name: string, args: StateMachinesArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:StateMachines", name, {}, opts);
    const made = Object.entries(MACHINES).map(([machine, { define, calls }]) => {
      const functions = calls.flatMap((call) => args.bindings[call] ?? []);
      const definition = define(args.bindings, args.context.settings.rto.budgetSeconds);
      return [machine, this.machine(`${name}-${machine}`, machine, definition, functions, args)] as const;
    });
    this.machines = Object.fromEntries(made) as Record<"failover" | "switchover" | "readiness", aws.sfn.StateMachine>;
    this.registerOutputs({
      failoverArn: this.machines.failover.arn,
      switchoverArn: this.machines.switchover.arn,
      readinessArn: this.machines.readiness.arn,
    });
  }

  private machine(
    name: string,
    machine: string,
    definition: State,
    functions: readonly pulumi.Output<string>[],
    args: StateMachinesArgs,
  ): aws.sfn.StateMachine {
    const { context, bindings, busArn, keyArn } = args;
    const child = { parent: this };
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        name: `/aws/vendedlogs/states/${siteName(context, [machine], 80)}`,
        retentionInDays: context.settings.logRetentionDays,
        kmsKeyId: keyArn,
      },
      child,
    );
    const { role, policy } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: siteName(context, [machine, "machine"], 64),
        assumeRolePolicy: trust("states.amazonaws.com", context.accountId),
        permissions: [
          allow("lambda:InvokeFunction", functions),
          allow("sns:Publish", bindings.topicArn),
          // The topic is encrypted with the site's key.
          allowKey(["kms:Decrypt", "kms:GenerateDataKey"], keyArn, "sns", context.region),
          allow("events:PutEvents", busArn),
          // Log delivery and X-Ray have no resources to name.
          allow(
            [
              "logs:CreateLogDelivery",
              "logs:GetLogDelivery",
              "logs:UpdateLogDelivery",
              "logs:DeleteLogDelivery",
              "logs:ListLogDeliveries",
              "logs:PutResourcePolicy",
              "logs:DescribeResourcePolicies",
              "logs:DescribeLogGroups",
              "xray:PutTraceSegments",
              "xray:PutTelemetryRecords",
            ],
            "*",
          ),
        ],
      },
      child,
    );
    return new aws.sfn.StateMachine(
      `${name}-machine`,
      {
        name: siteName(context, [machine], 80),
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.jsonStringify(definition),
        loggingConfiguration: { level: "ALL", includeExecutionData: true, logDestination: pulumi.interpolate`${logs.arn}:*` },
        tracingConfiguration: { enabled: true },
      },
      { ...child, dependsOn: [policy] },
    );
  }
}
