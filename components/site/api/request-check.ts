import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface RequestCheckArgs {
  readonly context: SiteContext;
  readonly api: aws.apigateway.RestApi;
}

/** A body that could be a trade. Which of its fields is wrong, and what is allowed, says the handler, the one place that knows. */
export const ORDER_SCHEMA = {
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "TradeOrder",
  type: "object",
  minProperties: 1,
} as const;

/** Refuses at the gateway what is no request at all: a required header or parameter is missing, a body is no JSON object. No function is started for it. */
export class RequestCheck extends pulumi.ComponentResource {
  readonly validatorId: pulumi.Output<string>;
  readonly modelName: pulumi.Output<string>;

  constructor(name: string, { context, api }: RequestCheckArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:RequestCheck", name, {}, opts);
    const child = { parent: this };
    const validator = new aws.apigateway.RequestValidator(
      `${name}-validator`,
      { restApi: api.id, name: siteName(context, ["requests"], 128), validateRequestParameters: true, validateRequestBody: true },
      child,
    );
    const model = new aws.apigateway.Model(
      `${name}-order`,
      // A model's name has letters and digits only.
      {
        restApi: api.id,
        name: `${ORDER_SCHEMA.title}${context.settings.environmentSuffix.replaceAll("-", "")}`,
        description: "A trade order",
        contentType: "application/json",
        schema: JSON.stringify(ORDER_SCHEMA),
      },
      child,
    );
    this.validatorId = validator.id;
    this.modelName = model.name;
    this.registerOutputs({});
  }
}
