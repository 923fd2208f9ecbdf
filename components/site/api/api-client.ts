import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface ApiClientArgs {
  readonly context: SiteContext;
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
  /** The key's value, at least 20 characters. */
  readonly key: pulumi.Input<string>;
}

/** Makes the region's stage take the clients' key, within the limits of the stage. */
export class ApiClient extends pulumi.ComponentResource {
  constructor(name: string, { context, api, stage, key }: ApiClientArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiClient", name, {}, opts);
    const child = { parent: this };
    const { rateLimit, burstLimit } = context.settings.api;
    const plan = new aws.apigateway.UsagePlan(
      `${name}-plan`,
      {
        name: siteName(context, ["clients"], 255),
        description: "Those who may trade",
        apiStages: [{ apiId: api.id, stage: stage.stageName }],
        throttleSettings: { rateLimit, burstLimit },
      },
      child,
    );
    const apiKey = new aws.apigateway.ApiKey(
      `${name}-key`,
      { name: siteName(context, ["clients"], 255), description: "The same value in both regions", value: key },
      child,
    );
    new aws.apigateway.UsagePlanKey(`${name}-plan-key`, { usagePlanId: plan.id, keyId: apiKey.id, keyType: "API_KEY" }, child);
    this.registerOutputs({});
  }
}
