import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../site-context";

/** The region's bus for `Trade Executed`, `Trade Failed` and the failover's own events, with an archive to replay from. */
export class EventBus extends pulumi.ComponentResource {
  readonly bus: aws.cloudwatch.EventBus;

  constructor(name: string, { context }: { readonly context: SiteContext }, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:EventBus", name, {}, opts);
    const child = { parent: this };
    this.bus = new aws.cloudwatch.EventBus(`${name}-bus`, { name: siteName(context, ["events"], 256) }, child);
    new aws.cloudwatch.EventArchive(
      `${name}-archive`,
      { name: siteName(context, ["events"], 48), eventSourceArn: this.bus.arn, retentionDays: context.settings.logRetentionDays },
      child,
    );
    this.registerOutputs({ busName: this.bus.name });
  }
}
