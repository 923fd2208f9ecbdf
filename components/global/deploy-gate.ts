import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isServed } from "../../contract/placement";
import { bundlesDigest } from "../site/compute/lambda-function";
import type { SharedTables } from "../foundation/shared-tables";
import type { RegionalSite } from "../site/regional-site";
import type { Settings } from "../settings/settings";
import { bundlesOf, type SiteName } from "../foundation/site-context";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface DeployGateArgs {
  readonly settings: Settings;
  readonly sites: Both<RegionalSite>;
  readonly tables: SharedTables;
  readonly providers: Both<pulumi.ProviderResource>;
  /** Everything else that the update makes: the gate is its last step. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The last step of an update: each region's parity function compares the two regions, and the update fails with its list of differences (the
 * provider ends an invocation whose function failed with the function's message). It runs again when something has changed that it compares or
 * that the stack is configured with; where nothing has, its triggers are the same, and a preview has nothing to say.
 */
export class DeployGate extends pulumi.ComponentResource {
  constructor(name: string, args: DeployGateArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:DeployGate", name, {}, opts);
    const { sites, providers, after } = args;
    const triggers = watched(args);
    for (const site of ["primary", "standby"] as const) {
      const { parity } = sites[site].compute.working;
      new aws.lambda.Invocation(
        `${name}-${site}`,
        { functionName: parity.function.name, input: JSON.stringify({ gate: true }), triggers },
        { parent: this, provider: providers[site], dependsOn: [...after] },
      );
    }
    this.registerOutputs({});
  }
}

/** What the gate compares and what the stack is configured with, each as a hash. */
function watched({ settings, sites, tables }: DeployGateArgs): Record<string, pulumi.Input<string>> {
  const ofBoth = (of: (site: RegionalSite) => readonly pulumi.Input<unknown>[]) => digest([of(sites.primary), of(sites.standby)]);
  return {
    settings: digest(settings),
    code: bundlesDigest(bundlesOf(settings)),
    // Only what the program sets or every provider answers: an output that is missing from the state is unknown in a preview, which would never be empty.
    queues: ofBoth(
      ({
        messaging: {
          queue: { queue, deadLetters },
        },
      }) => [
        queue.arn,
        queue.visibilityTimeoutSeconds,
        queue.receiveWaitTimeSeconds,
        queue.redrivePolicy,
        deadLetters.arn,
        deadLetters.messageRetentionSeconds,
      ],
    ),
    machines: ofBoth(({ orchestration }) => Object.values(orchestration.machines).map((machine) => machine.definition)),
    ledger: ofBoth(({ data: { ledger } }) => [ledger.cluster.arn, ...ledger.instances.map((instance) => instance.arn)]),
    ...(isServed(settings.compute) ? { servers: ofBoth(({ servers }) => (servers ? [servers.fleet.version] : [])) } : {}),
    tables: digest([tables.journal, tables.lease, tables.sessions].map(({ arn, billingMode }) => [arn, billingMode])),
  };
}

const digest = (value: pulumi.Input<unknown>): pulumi.Output<string> =>
  pulumi.jsonStringify(value).apply((text) => createHash("sha256").update(text).digest("hex"));
