import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../compute/lambda-function";
import type { Settings } from "../../settings/settings";
import type { RequestCheck } from "./request-check";
import type { Route } from "../../../contract/routes";

export interface ApiRouteArgs {
  readonly route: Route;
  readonly auth: Settings["apiAuth"];
  readonly api: aws.apigateway.RestApi;
  /** API Gateway's resource of the route's path. */
  readonly resourceId: pulumi.Input<string>;
  readonly check: RequestCheck;
  readonly lambda: LambdaFunction;
}

/** One method of the API, the function that answers it, and the API's permission to call that function. */
export class ApiRoute extends pulumi.ComponentResource {
  /** Once this is there, a deployment has the route. */
  readonly integration: aws.apigateway.Integration;

  constructor(name: string, { route, auth, api, resourceId, check, lambda }: ApiRouteArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiRoute", name, {}, opts);
    const child = { parent: this };
    const { requires = [], takesOrder = false, guarded } = route;
    const method = new aws.apigateway.Method(
      `${name}-method`,
      {
        restApi: api.id,
        resourceId,
        httpMethod: route.method,
        authorization: guarded && auth === "iam" ? "AWS_IAM" : "NONE",
        apiKeyRequired: guarded && auth === "apiKey",
        ...(requires.length > 0 || takesOrder ? { requestValidatorId: check.validatorId } : {}),
        ...(requires.length > 0 ? { requestParameters: Object.fromEntries(requires.map((what) => [`method.request.${what}`, true])) } : {}),
        ...(takesOrder ? { requestModels: { "application/json": check.modelName } } : {}),
      },
      child,
    );
    this.integration = new aws.apigateway.Integration(
      `${name}-integration`,
      {
        restApi: api.id,
        resourceId,
        httpMethod: method.httpMethod,
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: lambda.function.invokeArn,
      },
      child,
    );
    const path = route.path.replace(/\{[^}]+\}/g, "*");
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        function: lambda.function.name,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*/${route.method}${path}`,
      },
      child,
    );
    this.registerOutputs({});
  }
}
