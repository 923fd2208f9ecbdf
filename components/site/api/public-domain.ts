import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { provenCertificate } from "./certificate";

export interface PublicDomainArgs {
  readonly domainName: string;
  readonly zoneId: pulumi.Input<string>;
  readonly stage: aws.apigateway.Stage;
  readonly api: aws.apigateway.RestApi;
}

/** The stack's public name as this region serves it: a certificate of the region and a regional custom domain of the same name in both. */
export class PublicDomain extends pulumi.ComponentResource {
  /** What the public name's CNAME points to when this region is to answer. */
  readonly target: pulumi.Output<string>;

  constructor(name: string, { domainName, zoneId, stage, api }: PublicDomainArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PublicDomain", name, {}, opts);
    const child = { parent: this };
    const domain = new aws.apigateway.DomainName(
      `${name}-domain`,
      {
        domainName,
        regionalCertificateArn: provenCertificate(name, { domainName, zoneId }, child),
        endpointConfiguration: { types: "REGIONAL" },
        securityPolicy: "TLS_1_2",
      },
      child,
    );
    new aws.apigateway.BasePathMapping(
      `${name}-mapping`,
      { domainName: domain.domainName, restApi: api.id, stageName: stage.stageName },
      child,
    );
    this.target = domain.regionalDomainName;
    this.registerOutputs({ target: this.target });
  }
}
