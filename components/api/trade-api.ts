import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ApiFunction } from "../compute/site-functions";
import type { LambdaFunction } from "../compute/lambda-function";
import { siteName, type SiteContext } from "../site-context";
import { API_STAGE, ROUTES, type Route } from "./routes";

export interface TradeApiArgs {
  readonly context: SiteContext;
  readonly api: aws.apigateway.RestApi;
  readonly functions: Readonly<Record<ApiFunction, LambdaFunction>>;
}

/** Requests a second that a region takes, and how many at once above that. */
const THROTTLE = { throttlingRateLimit: 2_000, throttlingBurstLimit: 4_000 };

/** The region's REST API: one method a route, each to its function. */
export class TradeApi extends pulumi.ComponentResource {
  readonly stage: aws.apigateway.Stage;
  /** Invoke URL with stage, no trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, { context, api, functions }: TradeApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:TradeApi", name, {}, opts);
    const child = { parent: this };
    const resources = this.resources(name, api);
    const integrations = ROUTES.map((route) => this.method(name, route, context, api, resources.get(route.path), functions[route.handler]));

    const deployment = new aws.apigateway.Deployment(
      `${name}-deployment`,
      // A deployment is a snapshot: a changed route must make a new one.
      { restApi: api.id, triggers: { routes: JSON.stringify(ROUTES), auth: context.settings.apiAuth } },
      { ...child, dependsOn: integrations },
    );
    const accessLogs = new aws.cloudwatch.LogGroup(
      `${name}-access-logs`,
      { name: `/aws/apigateway/${siteName(context, ["trades"], 200)}`, retentionInDays: context.settings.logRetentionDays },
      child,
    );
    this.stage = new aws.apigateway.Stage(
      `${name}-stage`,
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: API_STAGE,
        xrayTracingEnabled: true,
        accessLogSettings: {
          destinationArn: accessLogs.arn,
          format: JSON.stringify({
            requestId: "$context.requestId",
            time: "$context.requestTime",
            method: "$context.httpMethod",
            path: "$context.resourcePath",
            status: "$context.status",
            latencyMs: "$context.responseLatency",
            caller: "$context.identity.caller",
          }),
        },
      },
      child,
    );
    new aws.apigateway.MethodSettings(
      `${name}-throttling`,
      { restApi: api.id, stageName: this.stage.stageName, methodPath: "*/*", settings: { ...THROTTLE, metricsEnabled: true } },
      child,
    );
    this.url = this.stage.invokeUrl;
    this.registerOutputs({ url: this.url });
  }

  /** The path tree: `/trades/{tradeId}` needs `/trades`. */
  private resources(name: string, api: aws.apigateway.RestApi): ReadonlyMap<string, pulumi.Output<string>> {
    const made = new Map<string, pulumi.Output<string>>();
    for (const { path } of ROUTES) {
      const parts = path.split("/").filter(Boolean);
      parts.forEach((pathPart, depth) => {
        const here = `/${parts.slice(0, depth + 1).join("/")}`;
        if (made.has(here)) return;
        const parentId = depth === 0 ? api.rootResourceId : made.get(`/${parts.slice(0, depth).join("/")}`);
        const resource = new aws.apigateway.Resource(
          `${name}${here.replace(/[{}]/g, "").replace(/\//g, "-")}`,
          { restApi: api.id, parentId: parentId as pulumi.Output<string>, pathPart },
          { parent: this },
        );
        made.set(here, resource.id);
      });
    }
    return made;
  }

  private method(
    name: string,
    route: Route,
    context: SiteContext,
    api: aws.apigateway.RestApi,
    resourceId: pulumi.Output<string> | undefined,
    lambda: LambdaFunction,
  ): pulumi.Resource {
    const child = { parent: this };
    const role = `${name}-${route.method.toLowerCase()}${route.path.replace(/[{}]/g, "").replace(/\//g, "-")}`;
    const guarded = route.guarded && context.settings.apiAuth === "iam";
    const method = new aws.apigateway.Method(
      `${role}-method`,
      {
        restApi: api.id,
        resourceId: resourceId as pulumi.Output<string>,
        httpMethod: route.method,
        authorization: guarded ? "AWS_IAM" : "NONE",
      },
      child,
    );
    const integration = new aws.apigateway.Integration(
      `${role}-integration`,
      {
        restApi: api.id,
        resourceId: resourceId as pulumi.Output<string>,
        httpMethod: method.httpMethod,
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: lambda.function.invokeArn,
      },
      child,
    );
    const path = route.path.replace(/\{[^}]+\}/g, "*");
    new aws.lambda.Permission(
      `${role}-permission`,
      {
        function: lambda.function.name,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*/${route.method}${path}`,
      },
      child,
    );
    return integration;
  }
}
