import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isServed } from "../../../contract/placement";
import { ParameterSync } from "../parameters/parameter-sync";
import type { Settings } from "../../settings/settings";
import type { LambdaFunction } from "./lambda-function";
import { ApiFunctions, WorkFunctions } from "./site-functions";
import { siteResources, type SiteParts } from "./site-resources";

/** Concurrent batches that AWS has one provisioned poller start at most. */
const BATCHES_A_POLLER = 10;

/** How many batches are settled at once: bounded, or by as many pollers as are kept ready for it. AWS takes one or the other. */
function polling({ settlementConcurrency, pollersKept }: Settings["capacity"]): Partial<aws.lambda.EventSourceMappingArgs> {
  if (settlementConcurrency === undefined) return {};
  if (!pollersKept) return { scalingConfig: { maximumConcurrency: settlementConcurrency } };
  const pollers = Math.max(2, Math.ceil(settlementConcurrency / BATCHES_A_POLLER));
  return { provisionedPollerConfig: { minimumPollers: pollers, maximumPollers: pollers } };
}

/** The region's functions; where they settle, the queue's poller in front of the one that does. With servers a site has those alone that must run where a server can't. */
export class SiteCompute extends pulumi.ComponentResource {
  /** None where servers answer. */
  readonly answering?: ApiFunctions["functions"];
  readonly working: WorkFunctions["functions"];
  /** None where servers settle. */
  readonly settling?: WorkFunctions["settling"];
  /** What a plan of ARC Region switch invokes, where the stack has one. */
  readonly regionSwitch?: LambdaFunction;

  constructor(name: string, args: SiteParts, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteCompute", name, {}, opts);
    const child = { parent: this };
    const { context, foundation, messaging } = args;
    const { key, network: site } = foundation;
    const { settings } = context;
    const resources = siteResources(args);
    const keyArn = key.key.arn;
    if (!isServed(settings.compute)) {
      const inside = { subnetIds: site.privateSubnetIds, securityGroupId: site.callersSecurityGroupId };
      const network = settings.network.privateFunctions ? inside : undefined;
      this.answering = new ApiFunctions(`${name}-fn`, { context, resources, network }, child).functions;
    }
    const work = new WorkFunctions(`${name}-work`, { context, resources }, child);
    this.working = work.functions;
    this.settling = work.settling;
    this.regionSwitch = work.regionSwitch;
    // Whether a region's poller runs is the runtime's business after the first day.
    const polled = { ...child, ignoreChanges: ["enabled"] };
    if (work.settling !== undefined) {
      new aws.lambda.EventSourceMapping(
        `${name}-settlement`,
        {
          eventSourceArn: messaging.queue.queue.arn,
          functionName: work.settling["trade-processor"].function.name,
          batchSize: 100,
          maximumBatchingWindowInSeconds: 1,
          functionResponseTypes: ["ReportBatchItemFailures"],
          ...polling(settings.capacity),
        },
        polled,
      );
    }
    // Once a minute, so that an object holds what a minute brings. Nobody waits for it.
    new aws.lambda.EventSourceMapping(
      `${name}-record`,
      {
        eventSourceArn: messaging.record.queue.arn,
        functionName: this.working.auditor.function.name,
        batchSize: 1_000,
        maximumBatchingWindowInSeconds: 60,
        functionResponseTypes: ["ReportBatchItemFailures"],
      },
      polled,
    );
    const syncFunction = this.working["parameter-sync"].function;
    new ParameterSync(`${name}-parameter-sync`, { context, syncFunction, keyArn }, child);
    this.registerOutputs({});
  }
}
