import * as pulumi from "@pulumi/pulumi";
import type { FunctionContract } from "../../../contract/functions";
import {
  API_FUNCTIONS,
  isServed,
  PLAN_FUNCTIONS,
  SESSION_FUNCTIONS,
  SETTLING_FUNCTIONS,
  WORK_FUNCTIONS,
  type ApiFunction,
  type SessionFunction,
  type SettlingFunction,
  type WorkFunction,
} from "../../../contract/placement";
import { bundlesOf, type SiteContext } from "../../foundation/site-context";
import { reservations } from "../../settings/reservations";
import { grant } from "./capabilities";
import { LambdaFunction, type FunctionNetwork } from "./lambda-function";
import type { SiteResources } from "./site-resources";

export interface SiteFunctionsArgs {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** Of all functions of the call; undefined: they run outside of the site's network. */
  readonly network?: FunctionNetwork;
}

type Functions<K extends string> = Readonly<Record<K, LambdaFunction>>;

function make<K extends string>(
  name: string,
  contracts: Readonly<Record<K, FunctionContract>>,
  { context, resources, network }: SiteFunctionsArgs,
  parent: pulumi.Resource,
): Functions<K> {
  const reserved = reservations(context.settings);
  const surroundings = { context, resources, bundles: bundlesOf(context.settings) };
  const made = (Object.entries(contracts) as [K, FunctionContract][]).map(([handler, { uses, timeoutSeconds, memoryMb }]) => {
    const granted = grant(
      uses.map((capability) => capability.name),
      surroundings,
    );
    const limits = { timeoutSeconds, memoryMb, reservedConcurrency: reserved[handler] };
    const args = { context, handler, ...granted, keyArn: resources.keyArn, ...limits, network };
    return [handler, new LambdaFunction(`${name}-${handler}`, args, { parent })] as const;
  });
  return Object.fromEntries(made) as unknown as Functions<K>;
}

/**
 * The functions that answer the region's API: they take what strangers send, and call nothing but this region's tables and queue. In the private
 * subnets they have no way out but to these.
 */
export class ApiFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<ApiFunction> & Partial<Functions<SessionFunction>>;

  constructor(name: string, args: SiteFunctionsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiFunctions", name, {}, opts);
    const { sessions } = args.context.settings;
    this.functions = {
      ...make(name, API_FUNCTIONS, args, this),
      ...(sessions.required ? make(name, SESSION_FUNCTIONS, args, this) : {}),
    };
    this.registerOutputs({});
  }
}

/**
 * The functions that settle, reconcile, watch and move. They run outside of the site's network: most call the other region or the public API, and
 * those that don't stand where the sentinel stands, so that it sees what they see, and a failover depends on no endpoint and no interface.
 */
export class WorkFunctions extends pulumi.ComponentResource {
  readonly functions: Functions<WorkFunction>;
  /** None where servers settle. */
  readonly settling?: Functions<SettlingFunction>;
  /** What a plan of ARC Region switch invokes, where the stack has one. */
  readonly regionSwitch?: LambdaFunction;

  constructor(name: string, args: Omit<SiteFunctionsArgs, "network">, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:WorkFunctions", name, {}, opts);
    if (!isServed(args.context.settings.compute)) this.settling = make(name, SETTLING_FUNCTIONS, args, this);
    this.functions = make(name, WORK_FUNCTIONS, args, this);
    if (args.context.settings.regionSwitch.enabled) {
      this.regionSwitch = make(name, PLAN_FUNCTIONS, args, this)["region-switch"];
    }
    this.registerOutputs({});
  }
}
