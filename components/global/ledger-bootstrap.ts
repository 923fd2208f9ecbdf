import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { RegionalSite } from "../site/regional-site";

export interface LedgerBootstrapArgs {
  readonly site: RegionalSite;
  /** Of the tables. */
  readonly deletionProtection: boolean;
  /** What must be there first. */
  readonly after: readonly pulumi.Resource[];
}

/** Runs a site's bootstrap when its code (and with it the ledger's migrations) or the tables' protection has changed; on the ledger it acts only where the lease is held. */
export function bootstrapLedger(
  name: string,
  { site, deletionProtection, after }: LedgerBootstrapArgs,
  opts: pulumi.CustomResourceOptions,
): aws.lambda.Invocation {
  const { function: bootstrap } = site.compute.working.bootstrap;
  return new aws.lambda.Invocation(
    `${name}-invocation`,
    {
      functionName: bootstrap.name,
      input: "{}",
      triggers: { code: bootstrap.sourceCodeHash, deletionProtection: String(deletionProtection) },
    },
    { ...opts, dependsOn: [site.data.ledger.cluster, ...site.data.ledger.instances, ...after] },
  );
}
