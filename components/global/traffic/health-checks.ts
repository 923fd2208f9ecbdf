import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Entrance } from "../../foundation/site-entrance";
import { physicalName } from "../../settings/names";
import type { Settings } from "../../settings/settings";

/** Where Route 53's checkers find a site: by its own name, and never by the public one. */
export type CheckedSite = Pick<Entrance, "host" | "base">;

export interface HealthChecksArgs {
  readonly settings: Settings;
  readonly primary: CheckedSite;
  readonly standby: CheckedSite;
}

/**
 * A: the primary can accept. B, inverted: the standby does not hold the lease; a standby that is down fails the check, and so the primary stays.
 * C: A and B. Made beforehand, because Route 53's control plane lives in one region: a failover changes nothing here, it only makes checks turn.
 */
export class HealthChecks extends pulumi.ComponentResource {
  /** The primary's record follows C, the standby's its own check. */
  readonly primaryId: pulumi.Output<string>;
  readonly standbyId: pulumi.Output<string>;

  constructor(name: string, { settings, primary, standby }: HealthChecksArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:HealthChecks", name, {}, opts);
    // A check that somebody has disabled counts as healthy; enabling it is theirs, too.
    const options = { parent: this, protect: settings.deletionProtection, ignoreChanges: ["disabled"] };
    const tags = (...parts: string[]) => ({ Name: physicalName(["trade", ...parts], settings.environmentSuffix, 255) });
    const https = (site: CheckedSite, path: string): aws.route53.HealthCheckArgs => ({
      type: "HTTPS",
      fqdn: site.host,
      port: 443,
      resourcePath: `${site.base}${path}`,
      enableSni: true,
      requestInterval: settings.rto.healthCheckIntervalSeconds,
      failureThreshold: settings.rto.healthCheckThreshold,
      measureLatency: true,
    });

    const ready = new aws.route53.HealthCheck(
      `${name}-primary-ready`,
      { ...https(primary, "/health/ready"), tags: tags("primary", "ready") },
      options,
    );
    const notTaken = new aws.route53.HealthCheck(
      `${name}-standby-not-active`,
      { ...https(standby, "/control/active"), invertHealthcheck: true, tags: tags("standby", "not-active") },
      options,
    );
    const both = new aws.route53.HealthCheck(
      `${name}-primary-serves`,
      { type: "CALCULATED", childHealthchecks: [ready.id, notTaken.id], childHealthThreshold: 2, tags: tags("primary", "serves") },
      options,
    );
    const standbyReady = new aws.route53.HealthCheck(
      `${name}-standby-ready`,
      { ...https(standby, "/health/ready"), tags: tags("standby", "ready") },
      options,
    );
    this.primaryId = both.id;
    this.standbyId = standbyReady.id;
    this.registerOutputs({ primaryId: this.primaryId, standbyId: this.standbyId });
  }
}
