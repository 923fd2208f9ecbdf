import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "./site-context";
import { API_STAGE } from "../../contract/routes";

/** Where a region answers by a name of its own, whichever region the public name leads to. */
export interface Entrance {
  readonly host: pulumi.Input<string>;
  /** What comes before a route's path: API Gateway's stage. */
  readonly base: string;
  /** Address with the base, no trailing slash. */
  readonly url: pulumi.Output<string>;
  /** Of API Gateway; none where a load balancer answers. */
  readonly api?: aws.apigateway.RestApi;
}

/** `primary.trades.example.com`: a site's own name below the public one, which the certificate of its load balancer covers. */
export const siteHost = ({ site, settings }: Pick<SiteContext, "site" | "settings">): string => `${site}.${settings.domainName}`;

/** Known before the load balancer is: the sites name each other without waiting for one another. */
export function balancerEntrance(context: Pick<SiteContext, "site" | "settings">): Entrance {
  const host = siteHost(context);
  return { host, base: "", url: pulumi.output(`https://${host}`) };
}

/**
 * The API's empty shell. It is made before the sites, because each site's sentinel must know where the other one answers, and the address
 * follows from the shell's id alone.
 */
export class SiteEntrance extends pulumi.ComponentResource implements Entrance {
  readonly api: aws.apigateway.RestApi;
  /** Host name that AWS gives the API. */
  readonly host: pulumi.Output<string>;
  /** Address with stage, no trailing slash. */
  readonly url: pulumi.Output<string>;
  readonly base = `/${API_STAGE}`;

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
    this.url = pulumi.interpolate`https://${this.host}${this.base}`;
    this.registerOutputs({ url: this.url });
  }
}
