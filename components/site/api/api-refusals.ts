import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GATEWAY_PROBLEM } from "../../../contract/problems";

export interface ApiRefusalsArgs {
  readonly api: aws.apigateway.RestApi;
}

interface Refusal {
  readonly status?: number;
  readonly title: string;
  /** The request itself is wrong, in whichever region. */
  readonly everywhere?: boolean;
  /** Fixed text; otherwise what the gateway says. */
  readonly detail?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const NOTHING_PROMISED = "Nothing was promised. Send the same request with the same Idempotency-Key again, here or to the other region.";

/** What the gateway answers by itself. Types that are not named here answer as the default of their class, with their own status. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  BAD_REQUEST_BODY: {
    status: 400,
    title: "Bad Request",
    everywhere: true,
    detail: "The body must be a JSON object with accountId, symbol, side, quantity and price.",
  },
  BAD_REQUEST_PARAMETERS: { status: 400, title: "Bad Request", everywhere: true },
  REQUEST_TOO_LARGE: { status: 413, title: "Content Too Large", everywhere: true },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "Unsupported Media Type", everywhere: true },
  THROTTLED: { status: 429, title: "Too Many Requests", retryAfter: 1 },
  DEFAULT_4XX: { title: "Refused by the gateway" },
  INTEGRATION_FAILURE: { status: 503, title: "Service Unavailable", detail: NOTHING_PROMISED, retryAfter: 1 },
  INTEGRATION_TIMEOUT: { status: 503, title: "Service Unavailable", detail: NOTHING_PROMISED, retryAfter: 1 },
  DEFAULT_5XX: { title: "The gateway could not answer", detail: NOTHING_PROMISED, retryAfter: 1 },
};

/** A problem document with `detail` last, where the gateway puts its own message, quotes included, in place of the variable. */
function template({ status, title, everywhere, detail }: Refusal): string {
  const members = { type: everywhere ? "about:blank" : GATEWAY_PROBLEM, title, ...(status === undefined ? {} : { status }) };
  return `${JSON.stringify(members).slice(0, -1)},"detail":${detail === undefined ? "$context.error.messageString" : JSON.stringify(detail)}}`;
}

/** The gateway's own refusals as problem documents (RFC 9457), like those of the handlers behind it. */
export class ApiRefusals extends pulumi.ComponentResource {
  /** A deployment is a snapshot: it is made after these. */
  readonly responses: readonly pulumi.Resource[];

  constructor(name: string, { api }: ApiRefusalsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiRefusals", name, {}, opts);
    this.responses = Object.entries(REFUSALS).map(
      ([responseType, refusal]) =>
        new aws.apigateway.Response(
          `${name}-${responseType.toLowerCase().replaceAll("_", "-")}`,
          {
            restApiId: api.id,
            responseType,
            ...(refusal.status === undefined ? {} : { statusCode: String(refusal.status) }),
            responseTemplates: { "application/json": template(refusal) },
            responseParameters: {
              "gatewayresponse.header.Content-Type": "'application/problem+json'",
              ...(refusal.retryAfter === undefined ? {} : { "gatewayresponse.header.Retry-After": `'${refusal.retryAfter}'` }),
            },
          },
          { parent: this },
        ),
    );
    this.registerOutputs({});
  }
}
