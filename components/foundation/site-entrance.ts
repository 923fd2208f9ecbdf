import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "./site-context";
import { API_STAGE } from "../../contract/routes";

/**
 * The API's empty shell. It is made before the sites, because each site's sentinel must know where the other one answers, and the address
 * follows from the shell's id alone.
 */
export class SiteEntrance extends pulumi.ComponentResource {
  readonly api: aws.apigateway.RestApi;
  /** Host name that AWS gives the API. */
  readonly host: pulumi.Output<string>;
  /** Address with stage, no trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteEntrance", name, {}, opts);
    this.api = new aws.apigateway.RestApi(
      `${name}-api`,
      {
        name: siteName(context, ["trades"], 255),
        description: `Trades, ${context.site} site`,
        endpointConfiguration: { types: "REGIONAL" },
        apiKeySource: "HEADER",
        // TLS 1.2 or newer; AWS's default would take 1.0. Also decides for the custom domain before the API.
        securityPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
        endpointAccessMode: "STRICT",
        minimumCompressionSize: "1024",
      },
      { parent: this },
    );
    this.host = pulumi.interpolate`${this.api.id}.execute-api.${context.region}.amazonaws.com`;
    this.url = pulumi.interpolate`https://${this.host}/${API_STAGE}`;
    this.registerOutputs({ url: this.url });
  }
}
