import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM policy. `Resource` "*" only where AWS allows no other, with the reason beside it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: pulumi.Input<string> | Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>>;
}

export const document = (...statements: readonly Statement[]): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

export const allow = (Action: string | readonly string[], Resource: Statement["Resource"]): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
});

/** Use of a region's key by way of one service of that region only: what the service does with it on the caller's behalf. */
export const allowKey = (
  actions: readonly string[],
  keyArn: pulumi.Input<string> | readonly pulumi.Input<string>[],
  service: string,
  region: string,
): Statement => ({
  ...allow(actions, keyArn),
  Condition: { StringEquals: { "kms:ViaService": `${service}.${region}.amazonaws.com` } },
});

const trustOn = (service: string, Condition?: Statement["Condition"]): pulumi.Output<string> =>
  document({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition });

/** Trust policy of a service role, for this account's resources only (no confused deputy). */
export const trust = (service: string, accountId: pulumi.Input<string>): pulumi.Output<string> =>
  trustOn(service, { StringEquals: { "aws:SourceAccount": accountId } });

/**
 * The same for a service of which AWS does not say whether it tells the account (its own examples for S3 replication and AWS Backup have no such
 * condition): where it does, it must be this one. A role can be handed only to what is made in its own account, so nobody else's things come by it
 * either way.
 */
export const trustWhereTold = (service: string, accountId: pulumi.Input<string>): pulumi.Output<string> =>
  trustOn(service, { StringEqualsIfExists: { "aws:SourceAccount": accountId } });

/** Lambda's own service principal sends no source account. */
export const trustLambda = (): pulumi.Output<string> => trustOn("lambda.amazonaws.com");

/** Nor does EC2's. */
export const trustInstances = (): pulumi.Output<string> => trustOn("ec2.amazonaws.com");

/** Refuses every request to `resources` that does not come over TLS. */
export const refusePlainHttp = (Action: string, ...resources: readonly pulumi.Input<string>[]): Statement => ({
  Sid: "RefusePlainHttp",
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
