import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface CertificateArgs {
  readonly domainName: string;
  /** Another name that it is good for, by what the name's proof is called. */
  readonly others?: Readonly<Record<string, string>>;
  /** Hosted zone in which each name is proven. */
  readonly zoneId: pulumi.Input<string>;
}

type Proof = aws.types.output.acm.CertificateDomainValidationOption;

/** A certificate of the region, proven by records in the public zone. @returns its ARN, once it is good */
export function provenCertificate(name: string, args: CertificateArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { domainName, others = {}, zoneId } = args;
  const subjectAlternativeNames = Object.values(others);
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    { domainName, ...(subjectAlternativeNames.length > 0 ? { subjectAlternativeNames } : {}), validationMethod: "DNS" },
    opts,
  );
  const proofs = Object.entries({ proof: domainName, ...others }).map(([what, proven]) => {
    const option = certificate.domainValidationOptions.apply((options: Proof[] | undefined) =>
      options?.find((one) => one.domainName === proven),
    );
    return new aws.route53.Record(
      `${name}-${what}`,
      {
        zoneId,
        name: option.apply((o) => o?.resourceRecordName ?? ""),
        type: option.apply((o) => (o?.resourceRecordType ?? "CNAME") as aws.route53.RecordType),
        records: [option.apply((o) => o?.resourceRecordValue ?? "")],
        ttl: 300,
        // Both regions prove the same name with the same record.
        allowOverwrite: true,
      },
      opts,
    );
  });
  return new aws.acm.CertificateValidation(
    `${name}-validated`,
    { certificateArn: certificate.arn, validationRecordFqdns: proofs.map(({ fqdn }) => fqdn) },
    opts,
  ).certificateArn;
}
