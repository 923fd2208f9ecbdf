import * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "../../foundation/site-context";
import {
  API_FUNCTIONS,
  bundlesOf,
  PLAN_FUNCTIONS,
  WORK_FUNCTIONS,
  type ApiFunction,
  type Shape,
  type WorkFunction,
} from "./function-shapes";
import { variables, type SiteUrls } from "./function-variables";
import { LambdaFunction, type FunctionNetwork, type LambdaFunctionArgs } from "./lambda-function";
import { permissionsOf, type SiteResources } from "./site-permissions";

export interface SiteFunctionsArgs extends SiteUrls {
  readonly context: SiteContext;
  readonly resources: SiteResources;
}

interface Common {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** Of all functions of the call; undefined: they run outside of the site's network. */
  readonly network?: FunctionNetwork;
}

type Functions<K extends string> = Readonly<Record<K, LambdaFunction>>;

function make<K extends string>(
  name: string,
  shapes: Readonly<Record<K, Shape>>,
  args: Common,
  urls: SiteUrls | undefined,
  parent: pulumi.Resource,
): Functions<K> {
  const bundles = bundlesOf(args.context.settings);
  const all = variables({ ...args, urls, bundles });
  const made = (Object.entries(shapes) as [K, Shape][]).map(([handler, { grants, needs, timeoutSeconds, memoryMb }]) => {
    const environment: LambdaFunctionArgs["environment"] = Object.fromEntries(
      needs.flatMap((need) => {
        const value = all[need];
        return value === undefined ? [] : [[need, value]];
      }),
    );
    const permissions = permissionsOf(grants, args.context, args.resources, bundles);
    return [
      handler,
      new LambdaFunction(
        `${name}-${handler}`,
        {
          context: args.context,
          handler,
          environment,
          keyArn: args.resources.keyArn,
          permissions,
          timeoutSeconds,
          memoryMb,
          network: args.network,
        },
        { parent },
      ),
    ] as const;
  });
  return Object.fromEntries(made) as unknown as Functions<K>;
}

/**
 * The functions that answer the region's API: they take what strangers send, and call nothing but this region's tables and queue. In the private
 * subnets they have no way out but to these.
 */
export class ApiFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<ApiFunction>;

  constructor(name: string, args: Common, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiFunctions", name, {}, opts);
    this.functions = make(name, API_FUNCTIONS, args, undefined, this);
    this.registerOutputs({});
  }
}

/**
 * The functions that settle, reconcile, watch and move. They run outside of the site's network: most call the other region or the public API, and
 * those that don't stand where the sentinel stands, so that it sees what they see, and a failover depends on no endpoint and no interface.
 */
export class WorkFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<WorkFunction>;
  /** What a plan of ARC Region switch invokes, where the stack has one. */
  readonly regionSwitch?: LambdaFunction;

  constructor(name: string, args: SiteFunctionsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WorkFunctions", name, {}, opts);
    const { context, resources, ...urls } = args;
    this.functions = make(name, WORK_FUNCTIONS, { context, resources }, urls, this);
    if (context.settings.regionSwitch.enabled) {
      this.regionSwitch = make(name, PLAN_FUNCTIONS, { context, resources }, urls, this)["region-switch"];
    }
    this.registerOutputs({});
  }
}
