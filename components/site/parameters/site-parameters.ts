import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SiteParts } from "../compute/site-resources";
import type { StateMachines } from "../orchestration/state-machines";
import { ownParameters, sharedParameters } from "../../foundation/site-context";

export interface SiteParametersArgs extends Pick<SiteParts, "context" | "foundation" | "peer" | "data" | "messaging" | "global"> {
  readonly machines: StateMachines["machines"];
}

/**
 * What other systems and operators need to know to use this region, in Parameter Store: `/trade-failover/<suffix>/site/…` is each region's own,
 * `/trade-failover/<suffix>/shared/…` is the same in both, and what is changed or added there at run time is copied to the other region.
 */
export class SiteParameters extends pulumi.ComponentResource {
  constructor(name: string, args: SiteParametersArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteParameters", name, {}, opts);
    const { settings } = args.context;
    // Addresses and names, no secrets: as `value` an update would hide what it changes.
    const text = (path: string, key: string, insecureValue: pulumi.Input<string>) => ({
      name: `${path}/${key}`,
      type: "String",
      insecureValue,
    });
    for (const [key, value] of Object.entries(ownValues(args))) {
      new aws.ssm.Parameter(`${name}-site-${key}`, text(ownParameters(settings), key, value), { parent: this });
    }
    for (const [key, value] of Object.entries(sharedValues(args))) {
      new aws.ssm.Parameter(
        `${name}-shared-${key}`,
        // One that an update adds is copied by the active region within a second, and may be there before this comes to make it.
        { ...text(sharedParameters(settings), key, value), overwrite: true },
        // A copy says in its description that it is one, and Parameter Store chooses its tier.
        { parent: this, ignoreChanges: ["description", "tier"] },
      );
    }
    this.registerOutputs({});
  }
}

const ownValues = ({ context, foundation, data, messaging, machines }: SiteParametersArgs) => ({
  "home-role": context.site,
  "api-url": foundation.entrance.url,
  "trade-queue-url": messaging.queue.queue.url,
  "event-bus-arn": messaging.bus.bus.arn,
  "alerts-topic-arn": messaging.notifications.topic.arn,
  "ledger-cluster-arn": data.ledger.cluster.arn,
  "db-endpoint": data.ledger.cluster.endpoint,
  "db-reader-endpoint": data.ledger.cluster.readerEndpoint,
  "audit-bucket": data.buckets.audit.bucket.bucket,
  "assets-bucket": data.buckets.assets.bucket.bucket,
  "configuration-bucket": data.buckets.configuration.bucket.bucket,
  "failover-machine-arn": machines.failover.arn,
  "switchover-machine-arn": machines.switchover.arn,
});

/** In the order of the sites and not of who says it: both regions register the same text. */
function sharedValues({ context, foundation, global, peer: other }: SiteParametersArgs): Readonly<Record<string, pulumi.Input<string>>> {
  const { site, region, peerRegion, settings } = context;
  const own = { region, url: foundation.entrance.url };
  const peer = { region: peerRegion, url: other.entrance.url };
  const endpoints = site === "primary" ? [own, peer] : [peer, own];
  return {
    endpoints: pulumi.jsonStringify(endpoints),
    "ledger-global-cluster": global.cluster.globalClusterIdentifier,
    ...(settings.domainName === undefined ? {} : { "public-url": `https://${settings.domainName}` }),
  };
}
