import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings";

export interface PublicRecordsArgs {
  readonly settings: Settings;
  readonly domainName: string;
  readonly zoneId: pulumi.Input<string>;
  readonly targets: Readonly<Record<"primary" | "standby", pulumi.Input<string>>>;
  readonly healthCheckIds: Readonly<Record<"primary" | "standby", pulumi.Input<string>>>;
}

type Policy = Partial<aws.route53.RecordArgs>;

/** What tells the two records of the name apart. Weight 0 is used when all others are unhealthy. */
const POLICIES: Readonly<Record<Settings["routing"], (site: "primary" | "standby", settings: Settings) => Policy>> = {
  failover: (site) => ({ failoverRoutingPolicies: [{ type: site === "primary" ? "PRIMARY" : "SECONDARY" }] }),
  weighted: (site, { weights }) => ({ weightedRoutingPolicies: [{ weight: weights[site] }] }),
  latency: (site, { regions }) => ({ latencyRoutingPolicies: [{ region: regions[site] }] }),
};

/** The public name. CNAMEs and no aliases: an alias to API Gateway can't have a TTL below 60 seconds. */
export class PublicRecords extends pulumi.ComponentResource {
  constructor(name: string, args: PublicRecordsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:PublicRecords", name, {}, opts);
    const { settings, domainName, zoneId, targets, healthCheckIds } = args;
    for (const site of ["primary", "standby"] as const) {
      new aws.route53.Record(
        `${name}-${site}`,
        {
          zoneId,
          name: domainName,
          type: "CNAME",
          ttl: settings.rto.recordTtlSeconds,
          records: [targets[site]],
          setIdentifier: site,
          healthCheckId: healthCheckIds[site],
          ...POLICIES[settings.routing](site, settings),
        },
        // Weights belong to whoever runs the stack: an update in the middle of a move must not set them back.
        {
          parent: this,
          protect: settings.deletionProtection,
          ignoreChanges: settings.routing === "weighted" ? ["weightedRoutingPolicies"] : [],
        },
      );
    }
    this.registerOutputs({});
  }
}
