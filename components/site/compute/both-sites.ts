import * as pulumi from "@pulumi/pulumi";
import { peerSite, siteName, type SiteContext } from "../../foundation/site-context";

/** `bundle=name` of each function of a site, as an environment variable takes it. */
export const functionNames = (bundles: readonly string[], site: Pick<SiteContext, "site" | "settings">): string =>
  bundles.map((bundle) => `${bundle}=${siteName(site, [bundle], 64)}`).join(",");

/** ARNs of the same things in both regions. `of`: a site's physical name for the parts. */
export function bothSites(
  { site, settings, region, peerRegion, accountId }: SiteContext,
  service: string,
  names: (of: (parts: readonly string[], max: number) => string) => readonly string[],
): pulumi.Output<string>[] {
  const here = { site, region };
  const there = { site: peerSite(site), region: peerRegion };
  return [here, there].flatMap((at) =>
    names((parts, max) => siteName({ site: at.site, settings }, parts, max)).map(
      (name) => pulumi.interpolate`arn:aws:${service}:${at.region}:${accountId}:${name}`,
    ),
  );
}
