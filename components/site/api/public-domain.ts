import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

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
    const certificate = new aws.acm.Certificate(`${name}-certificate`, { domainName, validationMethod: "DNS" }, child);
    const option = certificate.domainValidationOptions.apply(
      (options: aws.types.output.acm.CertificateDomainValidationOption[] | undefined) => options?.[0],
    );
    const proof = new aws.route53.Record(
      `${name}-proof`,
      {
        zoneId,
        name: option.apply((o) => o?.resourceRecordName ?? ""),
        type: option.apply((o) => (o?.resourceRecordType ?? "CNAME") as aws.route53.RecordType),
        records: [option.apply((o) => o?.resourceRecordValue ?? "")],
        ttl: 300,
        // Both regions prove the same name with the same record.
        allowOverwrite: true,
      },
      child,
    );
    const validated = new aws.acm.CertificateValidation(
      `${name}-validated`,
      { certificateArn: certificate.arn, validationRecordFqdns: [proof.fqdn] },
      child,
    );
    const domain = new aws.apigateway.DomainName(
      `${name}-domain`,
      {
        domainName,
        regionalCertificateArn: validated.certificateArn,
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
