import type * as pulumi from "@pulumi/pulumi";
import type { RegionalImage } from "../../foundation/service-image";
import type { SiteContext } from "../../foundation/site-context";
import type { Granted } from "../compute/capabilities";
import type { Metric, Missing } from "../observability/alarm-shape";
import type { LoadBalancer } from "./load-balancer";

/** What a site's servers are made with, however they run. */
export interface FleetArgs {
  readonly context: SiteContext;
  /** Private, one a zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Where the servers are registered. */
  readonly balancer: LoadBalancer;
  /** What the trade's service is told, and what it may do; nothing else. */
  readonly granted: Granted;
  /** The region's key. */
  readonly keyArn: pulumi.Input<string>;
  /** Where instances fetch their code from. */
  readonly artefacts: Artefacts;
  /** Only of tasks. */
  readonly image?: RegionalImage;
}

/** A bucket of the region for what its servers run, and the key that its objects are encrypted with. */
export interface Artefacts {
  readonly bucket: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** What others need to know of them. */
export interface Fleet {
  /** Of all servers of the site. */
  readonly cpu: Metric;
  readonly count: Missing;
  /** What runs: it changes with the code and with what the code is told. */
  readonly version: pulumi.Output<string>;
  /** What there is to look at in the console: a cluster, or a group. */
  readonly name: pulumi.Output<string>;
}
