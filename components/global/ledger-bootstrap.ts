import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RegionalSite } from "../site/regional-site";

export interface LedgerBootstrapArgs {
  readonly site: RegionalSite;
  /** What must be there first. */
  readonly after: readonly pulumi.Resource[];
}

/** Runs a site's bootstrap when its code (and with it the ledger's migrations) has changed; it acts only where the lease is held. */
export class LedgerBootstrap extends pulumi.ComponentResource {
  readonly invocation: aws.lambda.Invocation;

  constructor(name: string, { site, after }: LedgerBootstrapArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:LedgerBootstrap", name, {}, opts);
    const { function: bootstrap } = site.compute.working.bootstrap;
    this.invocation = new aws.lambda.Invocation(
      `${name}-invocation`,
      { functionName: bootstrap.name, input: "{}", triggers: { code: bootstrap.sourceCodeHash } },
      { parent: this, dependsOn: [site.data.ledger.cluster, ...site.data.ledger.instances, ...after] },
    );
    this.registerOutputs({});
  }
}
