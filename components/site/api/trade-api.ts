import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import type { ApiFunctions } from "../compute/site-functions";
import { siteName, type SiteContext } from "../../foundation/site-context";
import type { ApiKeys } from "../../foundation/api-keys";
import { ApiClients } from "./api-clients";
import { ApiFirewall } from "./api-firewall";
import { ApiLogRole } from "./api-log-role";
import { ApiRefusals, REFUSALS } from "./api-refusals";
import { ApiRoute } from "./api-route";
import { ORDER_SCHEMA, RequestCheck } from "./request-check";
import { API_STAGE, routes, type Route } from "../../../contract/routes";

export interface TradeApiArgs {
  readonly context: SiteContext;
  readonly api: aws.apigateway.RestApi;
  readonly functions: ApiFunctions["functions"];
  /** The region's key, for the logs. */
  readonly keyArn: pulumi.Input<string>;
  /** What clients send as `x-api-key`; only with `apiAuth: apiKey`. */
  readonly apiKeys?: ApiKeys;
}

/** A line of the access log. Every value is text: API Gateway writes "-" for what a request does not have. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  traceId: "$context.xrayTraceId",
  time: "$context.requestTime",
  method: "$context.httpMethod",
  path: "$context.resourcePath",
  status: "$context.status",
  latencyMs: "$context.responseLatency",
  integrationLatencyMs: "$context.integrationLatency",
  bytes: "$context.responseLength",
  refusal: "$context.error.responseType",
  firewall: "$context.waf.status",
  sourceIp: "$context.identity.sourceIp",
  caller: "$context.identity.caller",
  apiKeyId: "$context.identity.apiKeyId",
  userAgent: "$context.identity.userAgent",
} as const;

/** A path as part of a resource's name. */
const asName = (path: string): string => path.replace(/[{}]/g, "").replace(/\//g, "-");

/** The region's REST API: a method a route, each to its function, and what stands before them. */
export class TradeApi extends pulumi.ComponentResource {
  readonly stage: aws.apigateway.Stage;
  /** Invoke URL with stage, no trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: TradeApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:TradeApi", name, {}, opts);
    const child = { parent: this };
    const { context, api, functions, keyArn, apiKeys } = args;
    const { settings } = context;
    const auth = settings.apiAuth;
    const check = new RequestCheck(`${name}-check`, { context, api }, child);
    const refusals = new ApiRefusals(`${name}-refusals`, { api }, child);
    const offered = routes(settings.sessions.required);
    const resources = this.resources(name, api, offered);
    const made = offered.map((route) => {
      const resourceId = resources.get(route.path) as pulumi.Output<string>;
      const lambda = functions[route.handler] as LambdaFunction;
      const what = `${name}-${route.method.toLowerCase()}${asName(route.path)}`;
      return new ApiRoute(what, { route, auth, api, resourceId, check, lambda }, child);
    });
    const deployment = new aws.apigateway.Deployment(
      `${name}-deployment`,
      // A deployment is a snapshot: whatever changes in what it holds must make a new one.
      { restApi: api.id, triggers: { auth, ...asTexts({ routes: offered, refusals: REFUSALS, order: ORDER_SCHEMA }) } },
      { ...child, dependsOn: [...made.map(({ integration }) => integration), ...refusals.responses] },
    );
    this.stage = this.makeStage(name, args, deployment);
    const { rateLimit, burstLimit } = settings.api;
    new aws.apigateway.MethodSettings(
      `${name}-throttling`,
      {
        restApi: api.id,
        stageName: this.stage.stageName,
        methodPath: "*/*",
        settings: { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit, metricsEnabled: true },
      },
      child,
    );
    new ApiFirewall(`${name}-firewall`, { context, entrance: { what: "stage", arn: this.stage.arn }, keyArn }, child);
    if (apiKeys !== undefined) new ApiClients(`${name}-clients`, { context, api, stage: this.stage, apiKeys }, child);
    this.url = this.stage.invokeUrl;
    this.registerOutputs({ url: this.url });
  }

  private makeStage(name: string, { context, api, keyArn }: TradeApiArgs, deployment: aws.apigateway.Deployment): aws.apigateway.Stage {
    const child = { parent: this };
    const { settings } = context;
    const accessLogs = new aws.cloudwatch.LogGroup(
      `${name}-access-logs`,
      { name: `/aws/apigateway/${siteName(context, ["trades"], 200)}`, retentionInDays: settings.logRetentionDays, kmsKeyId: keyArn },
      child,
    );
    const logRole = settings.api.ownsLogRole ? new ApiLogRole(`${name}-log-role`, { context }, child) : undefined;
    return new aws.apigateway.Stage(
      `${name}-stage`,
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: API_STAGE,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: accessLogs.arn, format: JSON.stringify(ACCESS_LOG) },
      },
      { ...child, dependsOn: logRole ? [logRole.account] : [] },
    );
  }

  /** The path tree: `/trades/{tradeId}` needs `/trades`. */
  private resources(name: string, api: aws.apigateway.RestApi, offered: readonly Route[]): ReadonlyMap<string, pulumi.Output<string>> {
    const made = new Map<string, pulumi.Output<string>>();
    for (const { path } of offered) {
      const parts = path.split("/").filter(Boolean);
      parts.forEach((pathPart, depth) => {
        const here = `/${parts.slice(0, depth + 1).join("/")}`;
        if (made.has(here)) return;
        const parentId = depth === 0 ? api.rootResourceId : made.get(`/${parts.slice(0, depth).join("/")}`);
        const resource = new aws.apigateway.Resource(
          `${name}${asName(here)}`,
          { restApi: api.id, parentId: parentId as pulumi.Output<string>, pathPart },
          { parent: this },
        );
        made.set(here, resource.id);
      });
    }
    return made;
  }
}

const asTexts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
