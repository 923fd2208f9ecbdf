import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../settings/names";
import type { SiteContext, SiteName } from "./site-context";

type Both<T> = Readonly<Record<SiteName, T>>;

export interface ServiceImageArgs {
  readonly contexts: Both<SiteContext>;
  readonly providers: Both<pulumi.ProviderResource>;
  /** Of each region: its registry's copy is encrypted with it. */
  readonly keyArns: Both<pulumi.Input<string>>;
}

/** An image as one region's tasks get it: from the region's own registry, so that a task can be started while the other region is away. */
export interface RegionalImage {
  /** By its digest, and so the same in both regions. */
  readonly uri: pulumi.Output<string>;
  readonly repositoryArn: pulumi.Output<string>;
}

const ROOT = process.env.TRADE_FAILOVER_ROOT ?? join(__dirname, "../..");
/** What the image is made from. */
const SOURCES = ["service", "handlers", "contract", "scripts/lib", "package-lock.json"];
/** What stacks of this program call their repositories: one rule of a registry replicates those of all of them. */
const REPOSITORY = ["trade", "service"];
/** Images beyond these are the past's: no task is rolled back to them. */
const IMAGES_KEPT = 20;

/** `account.dkr.ecr.region.amazonaws.com/repository@sha256:…` of an image that both regions' registries have. */
function inRegion({ region, accountId }: SiteContext, repository: string, digest: pulumi.Input<string>): RegionalImage {
  return {
    uri: pulumi.interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com/${repository}@${digest}`,
    repositoryArn: pulumi.interpolate`arn:aws:ecr:${region}:${accountId}:repository/${repository}`,
  };
}

/** An image that somebody else has put into both regions' registries. @param image `repository@sha256:…` */
export function givenImage(contexts: Both<SiteContext>, image: string): Both<RegionalImage> {
  const [repository = "", digest = ""] = image.split("@");
  return { primary: inRegion(contexts.primary, repository, digest), standby: inRegion(contexts.standby, repository, digest) };
}

/**
 * The image of `service/`, built on the machine that updates the stack, pushed to the primary region's registry and replicated to the standby's. Tags
 * can't be moved, and each image is scanned when it comes.
 */
export class ServiceImage extends pulumi.ComponentResource {
  readonly images: Both<RegionalImage>;

  constructor(name: string, { contexts, providers, keyArns }: ServiceImageArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ServiceImage", name, {}, opts);
    const { settings, region, accountId, peerRegion } = contexts.primary;
    // One image, two registries: each is made with its own region's provider.
    const at = (site: SiteName) => ({ parent: this, provider: providers[site] });
    const repositoryName = physicalName(REPOSITORY, settings.environmentSuffix, 256);
    const repository = (site: SiteName) => {
      const made = new aws.ecr.Repository(
        `${name}-${site}`,
        {
          name: repositoryName,
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keyArns[site] }],
          forceDelete: !settings.deletionProtection,
        },
        at(site),
      );
      new aws.ecr.LifecyclePolicy(
        `${name}-${site}-old`,
        { repository: made.name, policy: JSON.stringify({ rules: [OLD_IMAGES_GO] }) },
        at(site),
      );
      return made;
    };
    const repositories = { primary: repository("primary"), standby: repository("standby") };
    const replication = settings.servers.ownsReplication
      ? new aws.ecr.ReplicationConfiguration(
          `${name}-replication`,
          {
            replicationConfiguration: {
              rules: [
                {
                  destinations: [{ region: peerRegion, registryId: accountId }],
                  repositoryFilters: [{ filter: `${REPOSITORY.join("-")}-`, filterType: "PREFIX_MATCH" }],
                },
              ],
            },
          },
          at("primary"),
        )
      : undefined;
    const image = new awsx.ecr.Image(
      `${name}-image`,
      {
        repositoryUrl: pulumi.interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com/${repositories.primary.name}`,
        context: ROOT,
        dockerfile: join(ROOT, "service/Dockerfile"),
        platform: settings.servers.architecture === "arm64" ? "linux/arm64" : "linux/amd64",
        // What it is made from names it: an update that changes none of that pushes nothing.
        imageTag: sourcesDigest(),
      },
      // Only what is pushed afterwards is replicated, and only into a repository that is there as it was meant to be.
      { ...at("primary"), dependsOn: [repositories.standby, ...(replication ? [replication] : [])] },
    );
    // A component that runs in a plugin has no outputs where nobody built anything.
    const digest = image.imageUri.apply((uri: string | undefined) => uri?.split("@")[1] ?? "");
    this.images = {
      primary: inRegion(contexts.primary, repositoryName, digest),
      standby: inRegion(contexts.standby, repositoryName, digest),
    };
    this.registerOutputs({ uri: this.images.primary.uri });
  }
}

const OLD_IMAGES_GO = {
  rulePriority: 1,
  description: `The newest ${IMAGES_KEPT} stay`,
  selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: IMAGES_KEPT },
  action: { type: "expire" },
};

/** SHA-256 of all sources, its first 32 hexadecimal digits. */
function sourcesDigest(): string {
  const hash = createHash("sha256");
  const take = (path: string): void => {
    hash.update(path).update(readFileSync(join(ROOT, path)));
  };
  for (const source of SOURCES) {
    if (source.includes(".")) take(source);
    else
      for (const entry of readdirSync(join(ROOT, source), { recursive: true, withFileTypes: true }).sort(byPath))
        if (entry.isFile()) take(join(entry.parentPath, entry.name).slice(ROOT.length + 1));
  }
  return hash.digest("hex").slice(0, 32);
}

const pathOf = ({ parentPath, name }: { readonly parentPath: string; readonly name: string }): string => `${parentPath}/${name}`;
const byPath = (one: Parameters<typeof pathOf>[0], other: Parameters<typeof pathOf>[0]): number => (pathOf(one) < pathOf(other) ? -1 : 1);
