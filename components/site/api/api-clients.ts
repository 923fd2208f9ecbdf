import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ApiKeys } from "../../foundation/api-keys";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface ApiClientsArgs {
  readonly context: SiteContext;
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
  /** Each of at least 20 characters. */
  readonly apiKeys: ApiKeys;
}

/** Makes the region's stage take the callers' keys, each within the limits of the stage. */
export class ApiClients extends pulumi.ComponentResource {
  constructor(name: string, { context, api, stage, apiKeys }: ApiClientsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiClients", name, {}, opts);
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
    for (const [caller, { key }] of Object.entries(apiKeys.of)) {
      const apiKey = new aws.apigateway.ApiKey(
        `${name}-${caller}`,
        { name: siteName(context, ["clients", caller], 255), description: "The same value in both regions", value: key },
        child,
      );
      new aws.apigateway.UsagePlanKey(`${name}-plan-${caller}`, { usagePlanId: plan.id, keyId: apiKey.id, keyType: "API_KEY" }, child);
    }
    this.registerOutputs({});
  }
}
